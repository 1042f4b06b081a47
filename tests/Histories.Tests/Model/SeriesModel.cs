using RemoteStore.Model.Labels;

namespace RemoteStore.Histories.Tests.Model;

/// <summary>A series as the store must have it.</summary>
internal sealed class SeriesModel(int number, LabelSet labels)
{
    private readonly Dictionary<long, HashSet<Sample>> _accepted = [];

    public int Number { get; } = number;

    public LabelSet Labels { get; } = labels;

    /// <summary>What a query answers, by time.</summary>
    public SortedDictionary<long, Sample> Samples { get; } = [];

    /// <summary>Time of the newest sample ever acknowledged.</summary>
    public long NewestMs { get; private set; } = long.MinValue;

    /// <summary>True when the sample was acknowledged once, whether it lost against another or was lost with damage since.</summary>
    public bool WasAccepted(long timestampMs, Sample sample) => _accepted.TryGetValue(timestampMs, out HashSet<Sample>? samples) && samples.Contains(sample);

    /// <summary>True when several values were acknowledged for the time; the store may then know either, and refuse the other.</summary>
    public bool HasConflict(long timestampMs) => _accepted.TryGetValue(timestampMs, out HashSet<Sample>? samples) && samples.Count > 1;

    /// <summary>Notes an acknowledged sample.</summary>
    public void Accept(long timestampMs, Sample sample)
    {
        if (!_accepted.TryGetValue(timestampMs, out HashSet<Sample>? samples))
        {
            _accepted.Add(timestampMs, samples = []);
        }

        samples.Add(sample);
        NewestMs = Math.Max(NewestMs, timestampMs);
        if (!Samples.TryGetValue(timestampMs, out Sample known) || sample.WinsOver(known))
        {
            Samples[timestampMs] = sample;
        }
    }
}
