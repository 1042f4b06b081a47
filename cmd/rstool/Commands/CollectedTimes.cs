using RemoteStore.Model.Labels;

namespace RemoteStore.Tool.Commands;

/// <summary>Samples by series, as they come.</summary>
internal sealed class CollectedTimes
{
    private readonly Dictionary<LabelSet, List<(long TimestampMs, long Bits)>> _series = [];

    /// <summary>All series, in no order.</summary>
    public IEnumerable<(byte[] Labels, List<(long TimestampMs, long Bits)> Values)> All => _series.Select(static one => (one.Key.Bytes.ToArray(), one.Value));

    /// <summary>Adds a sample.</summary>
    /// <param name="labels">Canonical label bytes, copied when the series is new.</param>
    /// <param name="timestampMs">Milliseconds since the Unix epoch.</param>
    /// <param name="bits">Bits of the value.</param>
    public void Add(ReadOnlyMemory<byte> labels, long timestampMs, long bits)
    {
        if (!_series.TryGetValue(new LabelSet(labels), out List<(long, long)>? values))
        {
            _series.Add(new LabelSet(labels.ToArray()), values = []);
        }

        values.Add((timestampMs, bits));
    }
}
