using RemoteStore.Model.Writes;

namespace RemoteStore.Wire.RemoteWrite;

/// <summary>
/// How many entries a payload may decode to. Real samples, series and histograms take at least the bytes named here; a payload of empty messages, two
/// bytes each, would otherwise take many times its size in columns.
/// </summary>
internal readonly struct DecodeLimits(int payloadLength)
{
    // Small payloads may consist of the strangest things.
    private const int Slack = 64 << 10;

    public int MaxSamples { get; } = Slack + (payloadLength / 4);

    public int MaxSeries { get; } = Slack + (payloadLength / 16);

    public int MaxOthers { get; } = Slack + (payloadLength / 8);

    public bool Exceeded(WriteBatch batch) =>
        batch.SampleCount > MaxSamples || batch.SeriesCount > MaxSeries || batch.Histograms.Count > MaxOthers || batch.Exemplars.Count > MaxOthers
        || batch.Metadata.Count > MaxOthers;
}
