using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Merging;
using RemoteStore.Storage.Querying;
using RemoteStore.Tsdb.LocalBlocks;

namespace RemoteStore.Tsdb.Querying;

/// <summary>
/// Series of a local block in label order. After damage it is read again from what took the block's place, behind the last series that was handed out.
/// </summary>
internal sealed class BlockSeriesSet : ISeriesSet
{
    private readonly BlockQuerier _querier;
    private readonly SelectHints _hints;
    private readonly IReadOnlyList<LabelMatcher> _matchers;
    private readonly ResumePoint _handedOut = new();
    private ISeriesSet _set;
    private LiveBlock? _block;

    public BlockSeriesSet(BlockQuerier querier, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, (ISeriesSet Set, LiveBlock? Block) opened)
    {
        _querier = querier;
        _hints = hints;
        _matchers = matchers;
        (_set, _block) = opened;
    }

    /// <inheritdoc/>
    public SeriesBatch Current { get; set; } = new();

    /// <inheritdoc/>
    public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        while (true)
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
            catch (IOException e) when (_block is not null && (e is CorruptDataException || _block.IsDamaged))
            {
                await ReopenAsync(_block, e.Message, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _set.DisposeAsync().ConfigureAwait(false);
        _block?.Release();
        _block = null;
    }

    private async ValueTask ReopenAsync(LiveBlock damaged, string why, CancellationToken cancellationToken)
    {
        await _querier.ReplaceAsync(damaged, why, cancellationToken).ConfigureAwait(false);
        (ISeriesSet Set, LiveBlock? Block) opened = await _querier.OpenSetAsync(_hints, _matchers, cancellationToken).ConfigureAwait(false);
        await _set.DisposeAsync().ConfigureAwait(false);
        damaged.Release();
        (_set, _block) = opened;
        _handedOut.Restart();
    }
}
