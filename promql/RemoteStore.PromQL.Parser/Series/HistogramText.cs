using System.Globalization;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Parser.Printing;

namespace RemoteStore.PromQL.Parser.Series;

/// <summary>Spells native histograms as test scripts do: <c>{{schema:1 count:3 sum:2 buckets:[1 2]}}</c>.</summary>
public static class HistogramText
{
    // A gap is spelt as zeros; a histogram whose buckets lie further apart than any script spells is cut short.
    private const int MaxBuckets = 100_000;

    /// <summary>The literal of a histogram; empty buckets at the ends are left out, those between are zeros.</summary>
    public static string Print(NativeHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        var parts = new List<string>();
        AddUnlessZero(parts, "schema", histogram.Schema);
        AddUnlessZero(parts, "count", histogram.Count);
        AddUnlessZero(parts, "sum", histogram.Sum);
        AddUnlessZero(parts, "z_bucket", histogram.ZeroCount);
        AddUnlessZero(parts, "z_bucket_w", histogram.ZeroThreshold);
        if (histogram.HasCustomBuckets)
        {
            parts.Add($"custom_values:{List(histogram.CustomValues)}");
        }

        string hint = histogram.CounterResetHint switch
        {
            CounterResetHint.CounterReset => "reset",
            CounterResetHint.NotCounterReset => "not_reset",
            CounterResetHint.Gauge => "gauge",
            _ => "",
        };
        if (hint.Length > 0)
        {
            parts.Add($"counter_reset_hint:{hint}");
        }

        AddBuckets(parts, "offset", "buckets", histogram.AbsolutePositiveCounts(), histogram.PositiveSpans);
        AddBuckets(parts, "n_offset", "n_buckets", histogram.AbsoluteNegativeCounts(), histogram.NegativeSpans);
        return $"{{{{{string.Join(' ', parts)}}}}}";
    }

    private static void AddUnlessZero(List<string> parts, string key, double value)
    {
        if (value != 0)
        {
            parts.Add($"{key}:{NumberText.General(value)}");
        }
    }

    private static void AddBuckets(List<string> parts, string offsetKey, string bucketsKey, double[] counts, HistogramSpan[] spans)
    {
        List<(int Index, double Count)> filled = [.. HistogramSum.Buckets(counts, spans).Where(static b => b.Count != 0)];
        if (filled.Count == 0)
        {
            return;
        }

        int first = filled[0].Index;
        double[] dense = new double[Math.Min(MaxBuckets, (long)filled[^1].Index - first + 1)];
        foreach ((int index, double count) in filled.Where(b => b.Index - first < dense.Length))
        {
            dense[index - first] = count;
        }

        if (first != 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{offsetKey}:{first}"));
        }

        parts.Add($"{bucketsKey}:{List(dense)}");
    }

    private static string List(double[] values) => $"[{string.Join(' ', values.Select(NumberText.General))}]";
}
