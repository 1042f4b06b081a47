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

    /// <summary>Its native histogram samples, timestamps strictly ascending. Payloads: <see cref="SampleBuffer.Payload(HistogramSample)"/>.</summary>
    public ReadOnlySpan<HistogramSample> Histograms(int index) => Samples.Histograms[_entries[index].Histograms];

    /// <summary>True when it has windows.</summary>
    public bool HasWindows(int index)
    {
        Entry entry = _entries[index];
        return !entry.Windows.Start.Equals(entry.Windows.End) || !entry.HistogramWindows.Start.Equals(entry.HistogramWindows.End);
    }

    /// <summary>Its windows of floats, ascending and disjoint. Float samples inside the span of one are further samples, that the window does not hold.</summary>
    public ReadOnlySpan<WindowAggregate> Windows(int index) => Samples.Windows[_entries[index].Windows];

    /// <summary>Its windows of histograms, ascending and disjoint. Payloads: <see cref="SampleBuffer.Payload(PayloadRange)"/>.</summary>
    public ReadOnlySpan<HistogramWindow> HistogramWindows(int index) => Samples.HistogramWindows[_entries[index].HistogramWindows];

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
        SampleMark before = Samples.Mark;
        from.CopySamples(index, Samples);
        ReadOnlyMemory<byte> labels = from.Labels(index).Bytes;
        Memory<byte> own = AllocateLabels(labels.Length);
        labels.CopyTo(own);
        AddSeries(new LabelSet(own), before);
    }

    /// <summary>Appends samples and windows of a series to a buffer, which is not that of this batch.</summary>
    public void CopySamples(int index, SampleBuffer destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        destination.Add(Timestamps(index), ValueBits(index), StartTimestamps(index));
        foreach (HistogramSample histogram in Histograms(index))
        {
            destination.AddHistogram(histogram.TimestampMs, histogram.StartTimestampMs, Samples.Payload(histogram));
        }

        destination.AddWindows(Windows(index));
        foreach (ref readonly HistogramWindow window in HistogramWindows(index))
        {
            destination.AddHistogramWindow(
                window, Samples.Payload(window.First), Samples.Payload(window.Last), Samples.Payload(window.Sum), Samples.Payload(window.Resets));
        }
    }

    /// <summary>Leaves out the first series; their samples stay in <see cref="Samples"/>.</summary>
    public void RemoveFirst(int count) => _entries.RemoveRange(0, count);

    /// <summary>Adds a series whose samples are those appended to <see cref="Samples"/> since the given counts; it has no windows.</summary>
    public void AddSeries(LabelSet labels, int firstFloat, int firstHistogram) =>
        _entries.Add(new(labels, firstFloat..Samples.Count, firstHistogram..Samples.HistogramCount, default, default));

    /// <summary>Adds a series whose samples and windows are those appended to <see cref="Samples"/> since it was marked.</summary>
    public void AddSeries(LabelSet labels, in SampleMark before)
    {
        SampleMark now = Samples.Mark;
        _entries.Add(new(
            labels,
            before.Floats..now.Floats,
            before.Histograms..now.Histograms,
            before.Windows..now.Windows,
            before.HistogramWindows..now.HistogramWindows));
    }

    private readonly record struct Entry(LabelSet Labels, Range Floats, Range Histograms, Range Windows, Range HistogramWindows);
}
