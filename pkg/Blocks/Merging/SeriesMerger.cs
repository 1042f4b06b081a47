using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Merging;

/// <summary>
/// Reads one tenant's rows of several parts as a merge would write them: series by series in ascending order of refs, one sample per time, expired samples
/// left out. The way of samples from parts into a block.
/// </summary>
public static class SeriesMerger
{
    /// <summary>Hands over every series that has samples.</summary>
    /// <param name="inputs">Parts, held open meanwhile.</param>
    /// <param name="tenant">Whose rows.</param>
    /// <param name="options">Retention, pace, failpoints; ranges and sizes do not matter here.</param>
    /// <param name="series">Takes a ref and all samples of that series; the buffer is reused after the call.</param>
    /// <param name="cancellationToken">Checked at each block.</param>
    /// <returns>Samples read, of both kinds, expired and duplicate ones included.</returns>
    /// <exception cref="CorruptDataException">A block of an input is damaged; names the file.</exception>
    public static long Read(
        IReadOnlyList<MergeInput> inputs, TenantId tenant, MergeOptions options, Action<uint, SampleBuffer> series, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(series);
        using var held = new MergeInputs(inputs);
        long floor = options.RetentionFloor?.Invoke(tenant) ?? long.MinValue;
        var progress = new MergeProgress(options, cancellationToken);
        var collector = new Collector(series);
        new TenantMerge(
            collector,
            held.Sources(tenant, BlockKind.Floats, floor, progress),
            held.Sources(tenant, BlockKind.Histograms, floor, progress),
            new SampleBuffer()).Run(cancellationToken);
        collector.Finish();
        return progress.RowsRead;
    }

    /// <summary>Joins the runs of a series.</summary>
    private sealed class Collector(Action<uint, SampleBuffer> series) : IMergeSink
    {
        private readonly SampleBuffer _samples = new();
        private uint _ref;

        public void AddRun(uint seriesRef, ReadOnlySpan<long> timestamps, ReadOnlySpan<long> valueBits, ReadOnlySpan<long> startTimestamps)
        {
            Begin(seriesRef);
            _samples.Add(timestamps, valueBits, startTimestamps);
        }

        public void AddHistogram(uint seriesRef, long timestampMs, long startTimestampMs, ReadOnlySpan<byte> payload)
        {
            Begin(seriesRef);
            _samples.AddHistogram(timestampMs, startTimestampMs, payload);
        }

        public void Finish()
        {
            if (_samples.Count + _samples.HistogramCount > 0)
            {
                series(_ref, _samples);
                _samples.Clear();
            }
        }

        private void Begin(uint seriesRef)
        {
            if (seriesRef != _ref)
            {
                Finish();
                _ref = seriesRef;
            }
        }
    }
}
