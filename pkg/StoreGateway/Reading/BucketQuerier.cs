using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Local;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Merging;
using RemoteStore.Storage.Querying;
using RemoteStore.StoreGateway.Catalog;
using RemoteStore.StoreGateway.Planning;

namespace RemoteStore.StoreGateway.Reading;

/// <summary>
/// A view of a tenant's blocks in the bucket. Each selection reads the blocks that the choice of tiers names, side by side. When a block turns out to be removed,
/// the bucket index is loaded once more and the read goes on with what took its place.
/// </summary>
internal sealed class BucketQuerier : IQuerier
{
    private readonly BlockCatalog _catalog;
    private readonly TenantId _tenant;
    private readonly QueryRange _range;
    private readonly LocalHoldings _held;
    private readonly HashSet<string> _without;
    private readonly QueryReads _reads;
    private readonly BlockFaults _faults;
    private readonly StoreGatewayMetrics _metrics;
    private readonly IReadOnlyList<MissingData> _unknown;
    private readonly List<BlockHold> _holds = []; // the last one is in use; sets may still read from those before
    private bool _disposed;

    public BucketQuerier(
        BlockCatalog catalog, BlockHold hold, QueryRange range, LocalHoldings held, IEnumerable<string> without, QueryReads reads, BlockFaults faults,
        StoreGatewayMetrics metrics, IReadOnlyList<MissingData> unknown)
    {
        _catalog = catalog;
        _tenant = hold.Tenant.Index.Tenant;
        _range = range;
        _held = held;
        _without = [.. without];
        _reads = reads;
        _faults = faults;
        _metrics = metrics;
        _unknown = unknown;
        _holds.Add(hold);
    }

    /// <inheritdoc/>
    public IReadOnlyList<MissingData> Missing =>
        [.. _unknown, .. Hold.Broken.Where(gap => _range.Overlaps(gap.Range.MinTime, gap.Range.MaxTime) && !_without.Contains(gap.Source))];

    /// <summary>How many selections begin anew with another index; for tests.</summary>
    internal int Reloads => _holds.Count - 1;

    private BlockHold Hold => _holds[^1];

    /// <inheritdoc/>
    public async ValueTask<ISeriesSet> SelectAsync(
        bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
    {
        var wanted = new QueryRange(Math.Max(_range.MinTime, hints.Range.MinTime), Math.Min(_range.MaxTime, hints.Range.MaxTime));
        var set = new BucketSeriesSet(this, hints with { Range = wanted }, matchers);
        try
        {
            await set.OpenAsync(cancellationToken).ConfigureAwait(false);
            return set;
        }
        catch
        {
            await set.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        AskAsync(view => view.SelectSeriesAsync(matchers, limit, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        AskAsync(view => view.LabelNamesAsync(matchers, limit, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        AskAsync(view => view.LabelValuesAsync(name, matchers, limit, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return ValueTask.CompletedTask;
        }

        _disposed = true;
        _holds.ForEach(static hold => hold.Dispose());
        _reads.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Opens a view of what a selection reads.</summary>
    /// <param name="hints">What is wanted.</param>
    /// <param name="end">Ends reads under way when nobody needs them any more.</param>
    /// <returns>The view; null when nothing is to be read.</returns>
    internal IQuerier? OpenView(in SelectHints hints, CancellationToken end)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        BlockHold hold = Hold;
        var choice = new TierChoice(hints) { RawFloorMs = hold.Floors.RawMs };
        TierRead[] plan =
        [
            .. TierPlan.Make(hold.Tiers, hints.Range, hold.RawOnly, hold.RawSources, choice).Where(read => !_without.Contains(hold[read.Block].Block.Name)),
        ];
        if (plan.Length == 0)
        {
            return null;
        }

        var memory = BlockQueryMemory.OneOf(plan.Length);
        bool leaveOutUnseen = plan.Select(read => hold[read.Block].Block.Meta.ResolutionMs).Where(static resolution => resolution > 0).All(choice.DividesNone);
        var views = new List<IQuerier>(plan.Length);
        foreach (TierRead read in plan)
        {
            (GatewayBlock block, BlockReader reader) = hold[read.Block];
            _metrics.BlockSelected(block.Meta.ResolutionMs == 0);
            views.Add(new BlockView(block, reader.OpenQuerier(read.Range, new MeteredSource(reader.Source, _reads, end), memory), read.Range, leaveOutUnseen, _faults));
        }

        return MergedQuerier.Over(views, _reads.Concurrency);
    }

    /// <summary>Takes hold of the blocks that the bucket index lists now.</summary>
    /// <exception cref="MissingDataException">This happened before: the block is missing, whatever the index says.</exception>
    internal async ValueTask ReloadAsync(BlockGoneException gone, CancellationToken cancellationToken)
    {
        if (Hold.Tenant.Blocks.All(block => block != gone.Block))
        {
            return; // another selection of this view has met it and loaded the index
        }

        if (_holds.Count > 1)
        {
            throw new MissingDataException([gone.Block.Gap(gone.Message)], gone);
        }

        _faults.NoteGone(gone.Block);
        try
        {
            TenantBlocks blocks = await _catalog.ReloadAsync(_tenant, cancellationToken).ConfigureAwait(false);
            _holds.Add(await _catalog.TakeAsync(blocks, _range, _held, Hold.Floors, cancellationToken).ConfigureAwait(false));
        }
        catch (IOException e)
        {
            throw new MissingDataException([gone.Block.Gap($"{gone.Message}; the bucket index cannot be loaded: {e.Message}")], e);
        }
    }

    private async ValueTask<LimitedList<T>> AskAsync<T>(Func<IQuerier, ValueTask<LimitedList<T>>> ask, CancellationToken cancellationToken)
    {
        while (OpenView(new SelectHints(_range), cancellationToken) is { } view)
        {
            await using (view.ConfigureAwait(false))
            {
                try
                {
                    return await ask(view).ConfigureAwait(false);
                }
                catch (BlockGoneException gone)
                {
                    await ReloadAsync(gone, cancellationToken).ConfigureAwait(false);
                }
            }
        }

        return new([], false);
    }
}
