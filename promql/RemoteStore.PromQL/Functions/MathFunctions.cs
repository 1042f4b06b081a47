using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary>Functions of one float. They pass over histograms.</summary>
internal static class MathFunctions
{
    /// <summary>From here on hyperbolic functions are half of an exponential, which overflows a little before they would: Prometheus shows that infinity.</summary>
    private const double HalfOfExponential = 21;

    /// <summary>The function of that name, null when it is none.</summary>
    public static Func<double, double>? Find(string name) => name switch
    {
        "abs" => Math.Abs,
        "ceil" => Math.Ceiling,
        "floor" => Math.Floor,
        "exp" => Math.Exp,
        "sqrt" => Math.Sqrt,
        "ln" => Math.Log,
        "log2" => Math.Log2,
        "log10" => Math.Log10,
        "sin" => Math.Sin,
        "cos" => Math.Cos,
        "tan" => Math.Tan,
        "asin" => Math.Asin,
        "acos" => Math.Acos,
        "atan" => Math.Atan,
        "sinh" => Sinh,
        "cosh" => Cosh,
        "tanh" => Math.Tanh,
        "asinh" => Math.Asinh,
        "acosh" => Math.Acosh,
        "atanh" => Math.Atanh,
        "rad" => static v => v * Math.PI / 180,
        "deg" => static v => v * 180 / Math.PI,
        "sgn" => static v => v < 0 ? -1 : v > 0 ? 1 : v,
        _ => null,
    };

    private static double Cosh(double value) => Math.Abs(value) > HalfOfExponential ? Math.Exp(Math.Abs(value)) * 0.5 : Math.Cosh(value);

    private static double Sinh(double value) =>
        Math.Abs(value) > HalfOfExponential ? Math.CopySign(Math.Exp(Math.Abs(value)) * 0.5, value) : Math.Sinh(value);

    /// <summary>Applies a function to the floats of a row.</summary>
    public static void Apply(StepSeries row, Func<double, double> function)
    {
        row.KeepOnly(histograms: false);
        Span<double> values = row.Values;
        ReadOnlySpan<ulong> present = row.Present;
        for (int step = Presence.Next(present, 0); step >= 0; step = Presence.Next(present, step + 1))
        {
            values[step] = function(values[step]);
        }
    }
}
