namespace RemoteStore.CompatTests.Peers;

/// <summary>A series that both servers of a test hold.</summary>
/// <param name="Labels">Its labels, by name.</param>
/// <param name="Samples">Milliseconds since the Unix epoch, strictly ascending, and bits of values; at least one.</param>
internal sealed record DataSeries(IReadOnlyList<(string Name, string Value)> Labels, IReadOnlyList<(long TimestampMs, long Bits)> Samples);
