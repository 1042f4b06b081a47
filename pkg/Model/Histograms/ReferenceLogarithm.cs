namespace RemoteStore.Model.Histograms;

/// <summary>
/// Logarithm and power to the base 2 with the rounding of the reference engine's runtime on x64: the FreeBSD msun (fdlibm) approximations without fused
/// operations. The platform's differ in the last bit for some arguments, and clients see all digits.
/// </summary>
internal static class ReferenceLogarithm
{
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double Ln2 = 0.693147180559945309417232121458176568;

    /// <summary>The logarithm to the base 2; exact for powers of 2.</summary>
    public static double Log2(double value)
    {
        if (!(value > 0) || double.IsInfinity(value))
        {
            return Math.Log2(value);
        }

        (double fraction, int exponent) = Split(value);
        return fraction == 0.5 ? exponent - 1 : exponent + (Log(fraction) * (1 / Ln2));
    }

    /// <summary>2 to the power; exact for integers.</summary>
    public static double Exp2(double power)
    {
        if (!(power > -1075 && power < 1024))
        {
            return double.IsNaN(power) ? power : power > 0 ? double.PositiveInfinity : 0;
        }

        int scale = (int)(power + (power > 0 ? 0.5 : power < 0 ? -0.5 : 0));
        double rest = power - scale;
        double high = rest * Ln2High;
        double low = -rest * Ln2Low;
        double r = high - low;
        double t = r * r;
        double c = r - (t * (1.66666666666666657415e-01 + (t * (-2.77777777770155933842e-03 + (t * (6.61375632143793436117e-05
            + (t * (-1.65339022054652515390e-06 + (t * 4.13813679705723846039e-08)))))))));
        return Math.ScaleB(1 - ((low - (r * c / (2 - c))) - high), scale);
    }

    /// <summary>The natural logarithm of a positive number.</summary>
    private static double Log(double value)
    {
        (double fraction, int exponent) = Split(value);
        if (fraction < Math.Sqrt(2) / 2)
        {
            fraction *= 2;
            exponent--;
        }

        double f = fraction - 1;
        double s = f / (2 + f);
        double s2 = s * s;
        double s4 = s2 * s2;
        double odd = s2 * (6.666666666666735130e-01 + (s4 * (2.857142874366239149e-01 + (s4 * (1.818357216161805012e-01 + (s4 * 1.479819860511658591e-01))))));
        double even = s4 * (3.999999999940941908e-01 + (s4 * (2.222219843214978396e-01 + (s4 * 1.531383769920937332e-01))));
        double half = 0.5 * f * f;
        return (exponent * Ln2High) - ((half - ((s * (half + (odd + even))) + (exponent * Ln2Low))) - f);
    }

    /// <summary>A fraction from 0.5 to below 1 and the power of 2 to multiply it with.</summary>
    private static (double Fraction, int Exponent) Split(double value)
    {
        int exponent = Math.ILogB(value) + 1;
        return (Math.ScaleB(value, -exponent), exponent);
    }
}
