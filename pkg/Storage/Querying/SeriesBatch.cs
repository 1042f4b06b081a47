using System.Runtime.InteropServices;
using RemoteStore.Model.Labels;

namespace RemoteStore.Storage.Querying;

/// <summary>
/// A run of series with their samples in columns. Within a series float and histogram timestamps are each strictly ascending, and no timestamp is in
/// both; a float series that turns into a histogram has entries in both columns.
/// </summary>
/// <remarks>
/// Filled by a series set. Samples and what <see cref="AllocateLabels"/> gave are the batch's own, until it is cleared; other label sets may lie in memory
/// that the set holds until it is disposed. Not safe for concurrent use.
/// </remarks>
public sealed class SeriesBatch
{
    private readonly List<Entry> _entries = [];
    private readonly LabelArena _labels = new();

    /// <summary>Samples of all series of the batch, one after another.</summary>
    public SampleBuffer Samples { get; } = new();

    /// <summary>Number of series.</summary>
    public int Count => _entries.Count;

    /// <summary>Labels of the <paramref name="index"/>th series.</summary>
    public LabelSet Labels(int index) => _entries[index].Labels;

    /// <summary>Timestamps of its float samples, milliseconds since the Unix epoch, strictly ascending.</summary>
    public ReadOnlySpan<long> Timestamps(int index) => Samples.Timestamps[_entries[index].Floats];

    /// <summary>Its float values, same length; every bit pattern, stale markers included, is as written.</summary>
    public ReadOnlySpan<double> Values(int index) => MemoryMarshal.Cast<long, double>(ValueBits(index));

    /// <summary>Its float values as IEEE 754 bits, same length.</summary>
    public ReadOnlySpan<long> ValueBits(int index) => Samples.ValueBits[_entries[index].Floats];

    /// <summary>Start timestamps of its float samples (0 = none): same length, or empty when no sample of the batch has one.</summary>
    public ReadOnlySpan<long> StartTimestamps(int index) => Samples.StartTimestamps.IsEmpty ? [] : Samples.StartTimestamps[_entries[index].Floats];

    /// <summary>Its native histogram samples, timestamps strictly ascending. Payloads: <see cref="SampleBuffer.Payload"/>.</summary>
    public ReadOnlySpan<HistogramSample> Histograms(int index) => Samples.Histograms[_entries[index].Histograms];

    /// <summary>Empties the batch for the next run.</summary>
    public void Clear()
    {
        _entries.Clear();
        _labels.Clear();
        Samples.Clear();
    }

    /// <summary>Memory for the labels of a series that is about to be added, valid until <see cref="Clear"/>.</summary>
    public Memory<byte> AllocateLabels(int length) => _labels.Allocate(length);

    /// <summary>Adds a copy of a series of another batch, labels and samples.</summary>
    public void AddCopy(SeriesBatch from, int index)
    {
        ArgumentNullException.ThrowIfNull(from);
        int firstFloat = Samples.Count;
        int firstHistogram = Samples.HistogramCount;
        Samples.Add(from.Timestamps(index), from.ValueBits(index), from.StartTimestamps(index));
        foreach (HistogramSample histogram in from.Histograms(index))
        {
            Samples.AddHistogram(histogram.TimestampMs, histogram.StartTimestampMs, from.Samples.Payload(histogram));
        }

        ReadOnlyMemory<byte> labels = from.Labels(index).Bytes;
        Memory<byte> own = AllocateLabels(labels.Length);
        labels.CopyTo(own);
        AddSeries(new LabelSet(own), firstFloat, firstHistogram);
    }

    /// <summary>Leaves out the first series; their samples stay in <see cref="Samples"/>.</summary>
    public void RemoveFirst(int count) => _entries.RemoveRange(0, count);

    /// <summary>Adds a series whose samples are those appended to <see cref="Samples"/> since the given counts.</summary>
    public void AddSeries(LabelSet labels, int firstFloat, int firstHistogram) =>
        _entries.Add(new(labels, firstFloat..Samples.Count, firstHistogram..Samples.HistogramCount));

    private readonly record struct Entry(LabelSet Labels, Range Floats, Range Histograms);
}
