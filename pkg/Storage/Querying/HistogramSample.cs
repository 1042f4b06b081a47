namespace RemoteStore.Storage.Querying;

/// <summary>A native histogram sample whose payload lies in the <see cref="SampleBuffer"/> it came from.</summary>
/// <param name="TimestampMs">Milliseconds since the Unix epoch.</param>
/// <param name="StartTimestampMs">Start timestamp, 0 = none.</param>
/// <param name="PayloadOffset">Where the payload begins.</param>
/// <param name="PayloadLength">Its length in bytes.</param>
public readonly record struct HistogramSample(long TimestampMs, long StartTimestampMs, int PayloadOffset, int PayloadLength);
