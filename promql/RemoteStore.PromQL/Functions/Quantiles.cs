namespace RemoteStore.PromQL.Functions;

/// <summary>Quantiles of values.</summary>
internal static class Quantiles
{
    /// <summary>The quantile by linear interpolation between ranks; NaNs count as the smallest values. Reorders the values.</summary>
    public static double Of(double quantile, Span<double> values) => Of(quantile, values, CancellationToken.None);

    /// <inheritdoc cref="Of(double, Span{double})"/>
    public static double Of(double quantile, Span<double> values, CancellationToken cancellationToken)
    {
        if (!TryRank(quantile, values.Length, out int lower, out double weight, out double result))
        {
            return result;
        }

        double low = OrderStatistic.Select(values, lower, cancellationToken);
        double high = lower + 1 >= values.Length ? low
            : double.IsNaN(low) ? OrderStatistic.Select(values, lower + 1, cancellationToken)
            : OrderStatistic.Lowest(values[(lower + 1)..]);
        return (low * (1 - weight)) + (high * weight);
    }

    /// <summary>The same of values that are in order, NaN first.</summary>
    public static double OfSorted(double quantile, ReadOnlySpan<double> values)
    {
        if (!TryRank(quantile, values.Length, out int lower, out double weight, out double result))
        {
            return result;
        }

        double high = values[Math.Min(lower + 1, values.Length - 1)];
        return (values[lower] * (1 - weight)) + (high * weight);
    }

    /// <summary>Between which ranks a quantile lies; false, with the result, when it is no quantile or there are no values.</summary>
    private static bool TryRank(double quantile, int count, out int lower, out double weight, out double result)
    {
        lower = 0;
        weight = 0;
        result = count == 0 || double.IsNaN(quantile) ? double.NaN : quantile < 0 ? double.NegativeInfinity : double.PositiveInfinity;
        if (count == 0 || !(quantile is >= 0 and <= 1))
        {
            return false;
        }

        double rank = quantile * (count - 1);
        lower = (int)Math.Max(0, Math.Floor(rank));
        weight = rank - Math.Floor(rank);
        return true;
    }
}
