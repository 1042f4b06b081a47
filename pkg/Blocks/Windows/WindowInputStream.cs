using RemoteStore.Blocks.Merging;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Blocks.Windows;

/// <summary>The series of an input in label order.</summary>
internal sealed class WindowInputStream(WindowInput input) : IAsyncDisposable
{
    private static readonly LabelMatcher[] s_all = [new LabelMatcher(MatchType.Regexp, LabelSet.MetricName, ".*")];

    private readonly IQuerier _querier = input.Block.OpenQuerier(input.Range);
    private ISeriesSet? _set;
    private int _index = -1;

    /// <summary>Labels of the current series, valid until the next move.</summary>
    public LabelSet Labels => _set!.Current.Labels(_index);

    /// <summary>Moves to the next series; false at the end.</summary>
    /// <exception cref="DamagedBlockException">The block is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        try
        {
            _set ??= await _querier.SelectAsync(sorted: true, new SelectHints(input.Range) { AcceptsWindows = true }, s_all, cancellationToken)
                .ConfigureAwait(false);
            _index++;
            while (_index >= _set.Current.Count)
            {
                _index = 0;
                if (!await _set.MoveNextAsync(cancellationToken).ConfigureAwait(false))
                {
                    return false;
                }
            }

            return true;
        }
        catch (CorruptDataException damage)
        {
            throw new DamagedBlockException(input.Block.Meta.Id, damage);
        }
    }

    /// <summary>Appends samples and windows of the current series that belong to the input's stretch of time.</summary>
    public void CopyTo(SampleBuffer destination)
    {
        SeriesBatch batch = _set!.Current;
        if (input.Block.Meta.ResolutionMs == 0)
        {
            batch.CopySamples(_index, destination);
            return;
        }

        foreach (ref readonly WindowAggregate window in batch.Windows(_index))
        {
            if (input.Range.Contains(window.Count > 0 ? window.LastMs : window.StaleMs))
            {
                destination.AddWindow(window);
            }
        }

        foreach (ref readonly HistogramWindow window in batch.HistogramWindows(_index))
        {
            if (input.Range.Contains(window.Count > 0 ? window.LastMs : window.StaleMs))
            {
                SampleBuffer from = batch.Samples;
                destination.AddHistogramWindow(
                    window, from.Payload(window.First), from.Payload(window.Last), from.Payload(window.Sum), from.Payload(window.Resets));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_set is not null)
        {
            await _set.DisposeAsync().ConfigureAwait(false);
        }

        await _querier.DisposeAsync().ConfigureAwait(false);
    }
}
