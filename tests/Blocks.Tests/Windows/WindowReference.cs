using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Tests.Windows;

/// <summary>Windows as the definitions of PromQL's functions have them, computed one function at a time over all samples of each window.</summary>
internal static class WindowReference
{
    public static List<WindowAggregate> Of(IReadOnlyList<(long Time, long Bits)> samples, long resolutionMs)
    {
        var windows = new List<WindowAggregate>();
        bool ended = false;
        foreach (var group in samples.GroupBy(sample => EndOf(sample.Time, resolutionMs)))
        {
            double[] values = [.. group.Where(static s => s.Bits != SampleBits.StaleMarker).Select(static s => BitConverter.Int64BitsToDouble(s.Bits))];
            long[] times = [.. group.Where(static s => s.Bits != SampleBits.StaleMarker).Select(static s => s.Time)];
            long lastMs = times.Length > 0 ? times[^1] : long.MinValue;
            long stale = group.Where(s => s.Bits == SampleBits.StaleMarker && s.Time > lastMs).Select(static s => s.Time).FirstOrDefault();
            bool endedBefore = ended && times.Length == 0;
            ended = stale != 0 || endedBefore;
            if (times.Length == 0 && endedBefore)
            {
                continue;
            }

            windows.Add(times.Length == 0
                ? new WindowAggregate { EndMs = group.Key, ResolutionMs = resolutionMs, StaleMs = stale }
                : new WindowAggregate
                {
                    EndMs = group.Key,
                    ResolutionMs = resolutionMs,
                    FirstMs = times[0],
                    LastMs = lastMs,
                    Count = times.Length,
                    Sum = Sum(values),
                    Min = values.Aggregate(static (min, value) => value < min || double.IsNaN(min) ? value : min),
                    Max = values.Aggregate(static (max, value) => value > max || double.IsNaN(max) ? value : max),
                    First = values[0],
                    Last = values[^1],
                    Resets = Sum([.. values.Zip(values.Skip(1)).Where(static p => p.Second < p.First).Select(static p => p.First)]),
                    StaleMs = stale,
                });
        }

        return windows;
    }

    public static long EndOf(long time, long resolutionMs) => (long)Math.Ceiling((decimal)time / resolutionMs) * resolutionMs;

    public static double Sum(IEnumerable<double> values)
    {
        double sum = 0;
        double lost = 0;
        foreach (double value in values)
        {
            CompensatedSum.Add(ref sum, ref lost, value);
        }

        return double.IsInfinity(sum) ? sum : sum + lost;
    }

    /// <summary>What two lists of windows differ in; empty when nothing, values compared by their bits.</summary>
    public static string Difference(IReadOnlyList<WindowAggregate> expected, ReadOnlySpan<WindowAggregate> actual)
    {
        for (int i = 0; i < Math.Max(expected.Count, actual.Length); i++)
        {
            if (i >= expected.Count || i >= actual.Length)
            {
                return $"{expected.Count} windows expected, {actual.Length} there: {(i < expected.Count ? expected[i] : actual[i])}";
            }

            if (WindowAggregate.Compare(expected[i], actual[i]) != 0 || expected[i].ResolutionMs != actual[i].ResolutionMs)
            {
                return $"window {i}: {expected[i]} expected, {actual[i]} there";
            }
        }

        return "";
    }
}
