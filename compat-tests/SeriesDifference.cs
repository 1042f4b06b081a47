using System.Globalization;
using RemoteStore.Testing;

namespace RemoteStore.CompatTests;

/// <summary>How two sets of series differ, sample by sample, values by their bits.</summary>
internal static class SeriesDifference
{
    /// <summary>One line per difference; none when the sets are equal.</summary>
    public static IEnumerable<string> Find(RemoteReadResult expected, RemoteReadResult actual)
    {
        foreach ((string series, List<(long TimestampMs, long Bits)> samples) in expected.Series)
        {
            if (!actual.Series.TryGetValue(series, out List<(long TimestampMs, long Bits)>? others))
            {
                yield return $"missing {series} with {samples.Count} samples from {samples[0].TimestampMs}";
                continue;
            }

            HashSet<(long TimestampMs, long Bits)> there = [.. others];
            HashSet<(long TimestampMs, long Bits)> here = [.. samples];
            foreach ((long timestampMs, long bits) in samples.Where(s => !there.Contains(s)))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"missing {series} at {timestampMs}: {bits:x16}");
            }

            foreach ((long timestampMs, long bits) in others.Where(s => !here.Contains(s)))
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"additional {series} at {timestampMs}: {bits:x16}");
            }
        }

        foreach (string series in actual.Series.Keys.Where(s => !expected.Series.ContainsKey(s)))
        {
            yield return $"additional {series} with {actual.Series[series].Count} samples";
        }
    }
}
