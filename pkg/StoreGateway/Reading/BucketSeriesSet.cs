using RemoteStore.Model.Labels;
using RemoteStore.Storage.Merging;
using RemoteStore.Storage.Querying;

namespace RemoteStore.StoreGateway.Reading;

/// <summary>
/// Series of blocks in the bucket, in label order. When a block turns out to be removed the rest is read from what took its place, behind the last series that was
/// handed out: that it holds the same samples is what compaction promises.
/// </summary>
internal sealed class BucketSeriesSet(BucketQuerier querier, SelectHints hints, IReadOnlyList<LabelMatcher> matchers) : ISeriesSet
{
    private readonly CancellationTokenSource _end = new();
    private readonly ResumePoint _handedOut = new();
    private IQuerier? _view;
    private ISeriesSet? _set;

    /// <inheritdoc/>
    public SeriesBatch Current { get; set; } = new();

    /// <summary>Selects; the first batches of all blocks are read.</summary>
    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        while ((_view = querier.OpenView(hints, _end.Token)) is not null)
        {
            try
            {
                _set = await _view.SelectAsync(sorted: true, hints, matchers, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (BlockGoneException gone)
            {
                await CloseAsync().ConfigureAwait(false);
                await querier.ReloadAsync(gone, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        Current.Clear();
        while (_set is not null)
        {
            try
            {
                _set.Current = Current;
                while (await _set.MoveNextAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (_handedOut.Pass(Current))
                    {
                        return true;
                    }
                }

                return false;
            }
            catch (BlockGoneException gone)
            {
                await CloseAsync().ConfigureAwait(false);
                await querier.ReloadAsync(gone, cancellationToken).ConfigureAwait(false);
                _handedOut.Restart();
                await OpenAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false); // reads that were begun ahead
        await CloseAsync().ConfigureAwait(false);
        _end.Dispose();
    }

    private async ValueTask CloseAsync()
    {
        ISeriesSet? set = _set;
        IQuerier? view = _view;
        _set = null;
        _view = null;
        try
        {
            if (set is not null)
            {
                await set.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            if (view is not null)
            {
                await view.DisposeAsync().ConfigureAwait(false); // it has shares of the blocks
            }
        }
    }
}
