namespace RemoteStore.PromQL.Functions;

/// <summary>The larger and the smaller of two numbers as Go has them: an infinity that decides wins over NaN, else NaN wins.</summary>
internal static class Extremes
{
    /// <summary>The larger.</summary>
    public static double Larger(double a, double b) =>
        double.IsPositiveInfinity(a) || double.IsPositiveInfinity(b) ? double.PositiveInfinity : Math.Max(a, b);

    /// <summary>The smaller.</summary>
    public static double Smaller(double a, double b) =>
        double.IsNegativeInfinity(a) || double.IsNegativeInfinity(b) ? double.NegativeInfinity : Math.Min(a, b);
}
