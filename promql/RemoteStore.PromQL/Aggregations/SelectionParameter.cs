using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Aggregations;

/// <summary>Checks the parameter of <c>topk</c>, <c>bottomk</c>, <c>limitk</c> and <c>limit_ratio</c> over all steps.</summary>
internal static class SelectionParameter
{
    private const double MaxInt64 = 9223372036854774784;
    private const double MinInt64 = -9223372036854775808;

    /// <summary>Checks numbers of series.</summary>
    /// <param name="values">By step.</param>
    /// <param name="fault">What is wrong with them, or null.</param>
    /// <returns>False when nothing can be selected.</returns>
    public static bool CheckCount(ReadOnlySpan<double> values, out QueryException? fault)
    {
        Extremes(values, out double min, out double max, out bool nan);
        fault = null;
        if (max < 1)
        {
            return false;
        }

        fault = nan ? QueryException.Execution("Parameter value is NaN")
            : min <= MinInt64 ? QueryException.Execution($"Scalar value {GoFloat.Shortest(min)} underflows int64")
            : max >= MaxInt64 ? QueryException.Execution($"Scalar value {GoFloat.Shortest(max)} overflows int64")
            : null;
        return fault is null;
    }

    /// <summary>Checks ratios; those outside -1 to 1 are reported.</summary>
    /// <param name="values">By step.</param>
    /// <param name="annotations">Where reports go.</param>
    /// <param name="position">Place of the parameter.</param>
    /// <param name="fault">What is wrong with them, or null.</param>
    /// <returns>False when nothing can be selected.</returns>
    public static bool CheckRatio(ReadOnlySpan<double> values, AnnotationSet annotations, int position, out QueryException? fault)
    {
        Extremes(values, out double min, out double max, out bool nan);
        fault = null;
        if (max == 0 && min == 0)
        {
            return false;
        }

        if (nan)
        {
            fault = QueryException.Execution("Ratio value is NaN");
            return false;
        }

        if (max > 1)
        {
            annotations.Warn(AnnotationText.InvalidRatio(max, 1), position);
        }

        if (min < -1)
        {
            annotations.Warn(AnnotationText.InvalidRatio(min, -1), position);
        }

        return true;
    }

    /// <summary>How many series a parameter selects: at least 0, and no more than there can be.</summary>
    public static int Count(double parameter) => parameter >= int.MaxValue ? int.MaxValue : parameter >= 1 ? (int)parameter : 0;

    private static void Extremes(ReadOnlySpan<double> values, out double min, out double max, out bool nan)
    {
        min = double.MaxValue;
        max = double.MinValue;
        nan = false;
        foreach (double value in values)
        {
            nan |= double.IsNaN(value);
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }
    }
}
