namespace RemoteStore.Model.Histograms;

/// <summary>The histograms of one series in a range, with their times. The spans are borrowed for a call.</summary>
/// <param name="histograms">In order of time.</param>
/// <param name="timestampsMs">As many, milliseconds since the Unix epoch, ascending.</param>
/// <param name="startTimestampsMs">As many, 0 where unknown; or empty when they are not to be used.</param>
public readonly ref struct HistogramRange(
    ReadOnlySpan<FloatHistogram> histograms, ReadOnlySpan<long> timestampsMs, ReadOnlySpan<long> startTimestampsMs)
{
    /// <summary>In order of time.</summary>
    public ReadOnlySpan<FloatHistogram> Histograms { get; } = histograms;

    /// <summary>Milliseconds since the Unix epoch, ascending.</summary>
    public ReadOnlySpan<long> TimestampsMs { get; } = timestampsMs;

    /// <summary>Milliseconds since the Unix epoch, 0 where unknown; empty when they are not to be used.</summary>
    public ReadOnlySpan<long> StartTimestampsMs { get; } = startTimestampsMs;

    /// <summary>True when start timestamps tell of a reset between the sample before and this one.</summary>
    public bool StartTellsReset(int index) =>
        index < StartTimestampsMs.Length
        && StartTimestamps.IsReset(StartTimestampsMs[index - 1], TimestampsMs[index - 1], StartTimestampsMs[index], TimestampsMs[index]);

    /// <summary>True when the start timestamp of a sample lies before the sample before it without being the same.</summary>
    public bool StartOverlaps(int index) =>
        index < StartTimestampsMs.Length && StartTimestamps.Overlap(StartTimestampsMs[index - 1], TimestampsMs[index - 1], StartTimestampsMs[index]);
}
