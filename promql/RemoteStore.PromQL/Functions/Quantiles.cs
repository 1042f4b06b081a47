namespace RemoteStore.PromQL.Functions;

/// <summary>Quantiles of values.</summary>
internal static class Quantiles
{
    /// <summary>The quantile by linear interpolation between ranks; NaNs count as the smallest values. Reorders the values.</summary>
    public static double Of(double quantile, Span<double> values) => Of(quantile, values, CancellationToken.None);

    /// <inheritdoc cref="Of(double, Span{double})"/>
    public static double Of(double quantile, Span<double> values, CancellationToken cancellationToken)
    {
        if (quantile is >= 0 and <= 1)
        {
            values.Sort(); // NaN sorts first
        }

        return OfSorted(quantile, values);
    }

    /// <summary>The same of values that are sorted, NaN first.</summary>
    public static double OfSorted(double quantile, ReadOnlySpan<double> values)
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

        double count = values.Length;
        double rank = quantile * (count - 1);
        int lower = (int)Math.Max(0, Math.Floor(rank));
        double weight = rank - Math.Floor(rank);
        double low = OrderStatistic.Select(values, lower, cancellationToken);
        double high = lower + 1 >= values.Length ? low
            : double.IsNaN(low) ? OrderStatistic.Select(values, lower + 1, cancellationToken)
            : OrderStatistic.Lowest(values[(lower + 1)..]);
        return (low * (1 - weight)) + (high * weight);
    }
}
