using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Storage.Merging;

/// <summary>One of several sorted series sets, standing on a series.</summary>
internal sealed class SeriesSource(ISeriesSet set, int rank)
{
    private int _index = -1;

    /// <summary>Position among the sources: breaks ties, so that merging is repeatable.</summary>
    public int Rank => rank;

    /// <summary>The set; whoever made the source disposes it.</summary>
    public ISeriesSet Set => set;

    /// <summary>Labels of the series, valid until the source moves on.</summary>
    public LabelSet Labels => set.Current.Labels(_index);

    /// <summary>Time of the first sample of the series, or before its first window; the greatest time when it has neither.</summary>
    public long FirstTime
    {
        get
        {
            ReadOnlySpan<long> floats = set.Current.Timestamps(_index);
            ReadOnlySpan<HistogramSample> histograms = set.Current.Histograms(_index);
            ReadOnlySpan<WindowAggregate> windows = set.Current.Windows(_index);
            ReadOnlySpan<HistogramWindow> histogramWindows = set.Current.HistogramWindows(_index);
            return Math.Min(
                Math.Min(floats.IsEmpty ? long.MaxValue : floats[0], histograms.IsEmpty ? long.MaxValue : histograms[0].TimestampMs),
                Math.Min(windows.IsEmpty ? long.MaxValue : windows[0].StartMs, histogramWindows.IsEmpty ? long.MaxValue : histogramWindows[0].StartMs));
        }
    }

    /// <summary>Moves to the next series of the batch at hand; false when <see cref="MoveToNextBatchAsync"/> has to go on.</summary>
    public bool TryMoveNext() => ++_index < set.Current.Count;

    /// <summary>Moves to the first series of the next batch; false at the end.</summary>
    public async ValueTask<bool> MoveToNextBatchAsync(CancellationToken cancellationToken)
    {
        while (await set.MoveNextAsync(cancellationToken).ConfigureAwait(false))
        {
            if (set.Current.Count > 0)
            {
                _index = 0;
                return true;
            }
        }

        return false;
    }

    /// <summary>Appends samples and windows of the series.</summary>
    public void CopyTo(SampleBuffer destination) => set.Current.CopySamples(_index, destination);
}
