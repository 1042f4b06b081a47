namespace RemoteStore.PromQL.Functions;

/// <summary>Quantiles of values.</summary>
internal static class Quantiles
{
    /// <summary>The quantile by linear interpolation between ranks; NaNs count as the smallest values. Sorts the values.</summary>
    public static double Of(double quantile, Span<double> values)
    {
        if (values.IsEmpty || double.IsNaN(quantile))
        {
            return double.NaN;
        }

        if (quantile < 0)
        {
            return double.NegativeInfinity;
        }

        if (quantile > 1)
        {
            return double.PositiveInfinity;
        }

        values.Sort(); // NaN sorts first
        double count = values.Length;
        double rank = quantile * (count - 1);
        double lower = Math.Max(0, Math.Floor(rank));
        double upper = Math.Min(count - 1, lower + 1);
        double weight = rank - Math.Floor(rank);
        return (values[(int)lower] * (1 - weight)) + (values[(int)upper] * weight);
    }
}
