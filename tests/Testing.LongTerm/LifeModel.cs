using System.Globalization;
using RemoteStore.Model;
using RemoteStore.Model.Labels;

namespace RemoteStore.Testing.LongTerm;

/// <summary>What was acknowledged and is not deleted.</summary>
public sealed class LifeModel
{
    private readonly SortedDictionary<LabelSet, SortedDictionary<long, string>> _series = [];

    /// <summary>A float as text, to the bit.</summary>
    public static string Text(long bits) => bits.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>A histogram as text, to the bit.</summary>
    public static string Text(ReadOnlySpan<byte> payload) => Convert.ToHexStringLower(payload);

    /// <summary>A sample as it shows in <see cref="Lines"/>.</summary>
    public static string Line(LabelSet labels, long timestampMs, string sample) => string.Create(CultureInfo.InvariantCulture, $"{labels} {timestampMs} {sample}");

    /// <summary>A sample was acknowledged.</summary>
    public void Accept(LabelSet labels, long timestampMs, string sample)
    {
        if (!_series.TryGetValue(labels, out SortedDictionary<long, string>? samples))
        {
            _series[labels] = samples = [];
        }

        samples[timestampMs] = sample;
    }

    /// <summary>Samples of a series were deleted.</summary>
    public void Delete(LabelSet labels, QueryRange range)
    {
        foreach (long time in _series[labels].Keys.Where(range.Contains).ToList())
        {
            _ = _series[labels].Remove(time);
        }
    }

    /// <summary>All samples of a range, by labels, then time.</summary>
    public List<string> Lines(QueryRange range) =>
    [
        .. _series.SelectMany(series => series.Value.Where(sample => range.Contains(sample.Key)).Select(sample => Line(series.Key, sample.Key, sample.Value))),
    ];

    /// <summary>Samples of each series in a range; series without any are left out.</summary>
    public SortedDictionary<string, long> Counts(QueryRange range)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach ((LabelSet labels, SortedDictionary<long, string> samples) in _series)
        {
            if (samples.Keys.Count(range.Contains) is > 0 and int count)
            {
                counts[labels.ToString()] = count;
            }
        }

        return counts;
    }
}
