using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Blocks.Windows;

/// <summary>The series of a block of windows. A window belongs to the stretch of time that its last sample lies in.</summary>
internal sealed class FinerWindowStream(WindowInput input) : WindowInputStream(input)
{
    private static readonly LabelMatcher[] s_all = [new LabelMatcher(MatchType.Regexp, LabelSet.MetricName, ".*")];

    private readonly IQuerier _querier = input.Block.OpenQuerier(input.Range);
    private ISeriesSet? _set;
    private int _index = -1;

    /// <inheritdoc/>
    public override LabelSet Labels => _set!.Current.Labels(_index);

    /// <inheritdoc/>
    public override SampleBuffer Samples { get; } = new();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_set is not null)
        {
            await _set.DisposeAsync().ConfigureAwait(false);
        }

        await _querier.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask<bool> MoveAsync(CancellationToken cancellationToken)
    {
        _set ??= await _querier.SelectAsync(sorted: true, new SelectHints(Input.Range) { AcceptsWindows = true }, s_all, cancellationToken).ConfigureAwait(false);
        _index++;
        while (_index >= _set.Current.Count)
        {
            _index = 0;
            if (!await _set.MoveNextAsync(cancellationToken).ConfigureAwait(false))
            {
                return false;
            }
        }

        Fill(_set.Current);
        return true;
    }

    private void Fill(SeriesBatch batch)
    {
        Samples.Clear();
        QueryRange range = Input.Range;
        foreach (ref readonly WindowAggregate window in batch.Windows(_index))
        {
            if (range.Contains(window.Count > 0 ? window.LastMs : window.StaleMs))
            {
                Samples.AddWindow(window);
            }
        }

        SampleBuffer from = batch.Samples;
        foreach (ref readonly HistogramWindow window in batch.HistogramWindows(_index))
        {
            if (range.Contains(window.Count > 0 ? window.LastMs : window.StaleMs))
            {
                Samples.AddHistogramWindow(
                    window, from.Payload(window.First), from.Payload(window.Last), from.Payload(window.Sum), from.Payload(window.Resets));
            }
        }
    }
}
