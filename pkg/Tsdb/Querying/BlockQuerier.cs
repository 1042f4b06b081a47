using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using RemoteStore.Tsdb.LocalBlocks;

namespace RemoteStore.Tsdb.Querying;

/// <summary>
/// View of one local block. When it turns out damaged, the block is set aside, and the view goes on with what is intact of it, which has taken its place.
/// </summary>
internal sealed class BlockQuerier : IQuerier
{
    private readonly BlockCatalog _catalog;
    private readonly QueryRange _range;
    private readonly List<MissingData> _lost = [];
    private LiveBlock? _block;
    private IQuerier _inner;

    /// <summary>Takes over the caller's reference on the block.</summary>
    public BlockQuerier(BlockCatalog catalog, LiveBlock block, QueryRange range)
    {
        _catalog = catalog;
        _range = range;
        _block = block;
        _inner = block.Reader.OpenQuerier(range);
    }

    /// <inheritdoc/>
    public IReadOnlyList<MissingData> Missing => PartialReads.Union(_lost, _inner.Missing);

    /// <inheritdoc/>
    public async ValueTask<ISeriesSet> SelectAsync(
        bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken) =>
        new BlockSeriesSet(this, hints, matchers, await OpenSetAsync(hints, matchers, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        AskAsync(inner => inner.SelectSeriesAsync(matchers, limit, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        AskAsync(inner => inner.LabelNamesAsync(matchers, limit, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        AskAsync(inner => inner.LabelValuesAsync(name, matchers, limit, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        LiveBlock? block = _block;
        _block = null;
        IQuerier inner = _inner;
        _inner = EmptyQuerier.Instance;
        await inner.DisposeAsync().ConfigureAwait(false);
        block?.Release();
    }

    /// <summary>Selects in the block as it is now, in label order.</summary>
    /// <returns>The set, and the block that it reads, with a reference for the set.</returns>
    internal async ValueTask<(ISeriesSet Set, LiveBlock? Block)> OpenSetAsync(
        SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
    {
        ISeriesSet set = await AskAsync(inner => inner.SelectAsync(sorted: true, hints, matchers, cancellationToken), cancellationToken).ConfigureAwait(false);
        LiveBlock? block = _block;
        _ = block?.TryRetain(); // held by this view, so it cannot fail
        return (set, block);
    }

    /// <summary>Sets a damaged block aside; from then on this view is of what took its place.</summary>
    internal async ValueTask ReplaceAsync(LiveBlock damaged, string why, CancellationToken cancellationToken)
    {
        if (_block != damaged)
        {
            return; // another set of this view met the damage first
        }

        LiveBlock? next = await _catalog.SetAsideAsync(damaged, why, cancellationToken).ConfigureAwait(false);
        if (damaged.IsSettled)
        {
            // Who joins this view with blocks of the bucket has left this one out there.
            _lost.Add(new MissingData(
                new QueryRange(damaged.Meta.MinTime, damaged.Meta.MaxTime), $"block {damaged.Meta.Id}",
                "its local copy is damaged and was removed while it was read; the bucket has it, so the next answer will be whole"));
        }

        IQuerier old = _inner;
        _inner = next is null ? EmptyQuerier.Instance : next.Reader.OpenQuerier(_range);
        _block = next;
        await old.DisposeAsync().ConfigureAwait(false);
        damaged.Release();
    }

    private async ValueTask<T> AskAsync<T>(Func<IQuerier, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        while (true)
        {
            LiveBlock? block = _block;
            try
            {
                return await ask(_inner).ConfigureAwait(false);
            }
            catch (IOException e) when (block is not null && (e is CorruptDataException || block.IsDamaged))
            {
                await ReplaceAsync(block, e.Message, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
