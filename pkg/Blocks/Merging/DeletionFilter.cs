using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Merging;

/// <summary>Leaves out of blocks that are written anew what deletions cover: samples, and what windows have in their ranges. Not safe for concurrent use.</summary>
/// <param name="deletions">What is deleted.</param>
public sealed class DeletionFilter(SeriesDeletions deletions) : ISampleFilter
{
    private readonly List<QueryRange> _ranges = [];
    private readonly SampleBuffer _kept = new();

    /// <summary>Samples and windows left out so far.</summary>
    public long Removed { get; private set; }

    /// <inheritdoc/>
    public SampleBuffer Keep(LabelSet labels, SampleBuffer samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (!deletions.RangesOf(labels.Bytes.Span, _ranges))
        {
            return samples;
        }

        _kept.Clear();
        KeptSamples.Copy(samples, _ranges, _kept);
        Removed += CountOf(samples) - CountOf(_kept);
        return _kept;
    }

    private static long CountOf(SampleBuffer samples) =>
        (long)samples.Count + samples.HistogramCount + samples.Windows.Length + samples.HistogramWindows.Length;
}
