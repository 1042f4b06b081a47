using System.Diagnostics.CodeAnalysis;
using RemoteStore.Model.Samples;

namespace RemoteStore.PromQL.Parser.Series;

/// <summary>Adds float histograms as sequences of test scripts do: <c>{{A}}+{{B}}xN</c>.</summary>
internal static class HistogramSum
{
    /// <summary>Adds or subtracts, at the resolution of the first.</summary>
    /// <param name="left">The first.</param>
    /// <param name="right">The second, of the same or a higher resolution.</param>
    /// <param name="sign">+1 or -1.</param>
    /// <param name="sum">The result when true is returned.</param>
    /// <param name="fault">Why there is none when false is returned.</param>
    public static bool TryAdd(
        NativeHistogram left, NativeHistogram right, int sign, [NotNullWhen(true)] out NativeHistogram? sum, [NotNullWhen(false)] out string? fault)
    {
        sum = null;
        fault = left.HasCustomBuckets != right.HasCustomBuckets ? "cannot combine custom with exponential buckets"
            : !left.CustomValues.AsSpan().SequenceEqual(right.CustomValues) ? "histograms have different custom bounds"
            : left.ZeroThreshold != right.ZeroThreshold ? "histograms have zero buckets of different width"
            : null;
        if (fault is not null)
        {
            return false;
        }

        int shift = left.HasCustomBuckets ? 0 : right.Schema - left.Schema;
        (double[] positive, HistogramSpan[] positiveSpans) = Add(
            left.PositiveCounts, left.PositiveSpans, right.PositiveCounts, right.PositiveSpans, shift, sign);
        (double[] negative, HistogramSpan[] negativeSpans) = Add(
            left.NegativeCounts, left.NegativeSpans, right.NegativeCounts, right.NegativeSpans, shift, sign);
        sum = new NativeHistogram
        {
            IsFloat = true,
            Schema = left.Schema,
            SumBits = BitConverter.DoubleToInt64Bits(left.Sum + (sign * right.Sum)),
            FloatCount = left.FloatCount + (sign * right.FloatCount),
            FloatZeroCount = left.FloatZeroCount + (sign * right.FloatZeroCount),
            ZeroThreshold = left.ZeroThreshold,
            CustomValues = left.CustomValues,
            PositiveCounts = positive,
            PositiveSpans = positiveSpans,
            NegativeCounts = negative,
            NegativeSpans = negativeSpans,
            CounterResetHint = Hint(left.CounterResetHint, right.CounterResetHint),
        };
        return true;
    }

    /// <summary>Indexes and counts of the buckets of one sign.</summary>
    public static IEnumerable<(int Index, double Count)> Buckets(double[] counts, HistogramSpan[] spans)
    {
        int index = 0;
        int next = 0;
        foreach (HistogramSpan span in spans)
        {
            index += span.Offset;
            for (uint i = 0; i < span.Length; i++)
            {
                yield return (index++, counts[next++]);
            }
        }
    }

    private static CounterResetHint Hint(CounterResetHint left, CounterResetHint right) => left == right ? left
        : left == CounterResetHint.Gauge || right == CounterResetHint.Gauge ? CounterResetHint.Gauge
        : CounterResetHint.Unknown;

    private static (double[] Counts, HistogramSpan[] Spans) Add(
        double[] leftCounts, HistogramSpan[] leftSpans, double[] rightCounts, HistogramSpan[] rightSpans, int shift, int sign)
    {
        var buckets = new SortedDictionary<int, double>();
        foreach ((int index, double count) in Buckets(leftCounts, leftSpans))
        {
            buckets[index] = count;
        }

        foreach ((int index, double count) in Buckets(rightCounts, rightSpans))
        {
            // Each step down in resolution makes one bucket of two; bucket i ends at base to the power of i.
            int merged = ((index - 1) >> shift) + 1;
            buckets[merged] = buckets.GetValueOrDefault(merged) + (sign * count);
        }

        var spans = new List<HistogramSpan>();
        int end = 0;
        foreach (int index in buckets.Keys)
        {
            if (spans.Count > 0 && index == end)
            {
                spans[^1] = spans[^1] with { Length = spans[^1].Length + 1 };
            }
            else
            {
                spans.Add(new HistogramSpan(index - end, 1));
            }

            end = index + 1;
        }

        return ([.. buckets.Values], [.. spans]);
    }
}
