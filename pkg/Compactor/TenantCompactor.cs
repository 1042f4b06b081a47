using System.Collections.Concurrent;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Merging;
using RemoteStore.BlockStore.Damage;
using RemoteStore.BlockStore.Deletions;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Marks;
using RemoteStore.BlockStore.Publishing;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Compactor.Deleting;
using RemoteStore.Compactor.Housekeeping;
using RemoteStore.Compactor.Planning;
using RemoteStore.Compactor.Running;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Storage.Deleting;

namespace RemoteStore.Compactor;

/// <summary>
/// One tenant's work, a step at a time: put its house in order, or join blocks once, by its bucket index as it is now. Keeps nothing that the bucket does not say,
/// so that any step may be the last of a process and the first of the next.
/// </summary>
internal sealed class TenantCompactor
{
    private readonly CompactorContext _context;
    private readonly TenantId _tenant;
    private readonly Func<TenantRetention> _retention;
    private readonly BlockMarker _marker;
    private readonly DamagedBlocks _damaged;
    private readonly SupersededMarker _superseded;
    private readonly ExpiredMarker _expired;
    private readonly BlockRemover _remover;
    private readonly BlockRewriter _rewriter;
    private readonly DeletedSeriesRemover? _deleter;
    private readonly HashSet<BlockId> _failed = []; // of this round: not tried again before the next
    private readonly ConcurrentDictionary<BlockId, byte> _suspects = new();
    private BucketIndex? _index;

    public TenantCompactor(CompactorContext context, TenantId tenant, Func<TenantRetention> retention)
    {
        _context = context;
        _tenant = tenant;
        _retention = retention;
        _marker = new BlockMarker(context.Bucket, context.Time);
        var publisher = new BlockPublisher(context.Bucket, new BlockUploader(context.Bucket, context.Failpoints));
        var quarantine = new BlockQuarantine(publisher, _marker)
        {
            Bucket = context.Bucket,
            Files = context.Files,
            NewBlockId = context.NewBlockId,
            WorkDirectoryOf = context.WorkDirectoryOf,
        };
        _damaged = new DamagedBlocks(context, quarantine, _marker);
        _superseded = new SupersededMarker(context, _marker, _damaged);
        _expired = new ExpiredMarker(context, _marker);
        _remover = new BlockRemover(context, _marker);
        _rewriter = new BlockRewriter(context, publisher, _marker);
        _deleter = context.Deletions is null ? null : new DeletedSeriesRemover(context, context.Deletions, _rewriter, _marker);
    }

    /// <summary>The index as written last; null before the first step.</summary>
    public BucketIndex? Index => _index;

    /// <summary>Has a block read whole in the next step, and set aside if it is damaged. Safe for concurrent use.</summary>
    public void Examine(BlockId block) => _ = _suspects.TryAdd(block, 0);

    /// <summary>Begins a round: what could not be joined in the last one is tried again.</summary>
    public void BeginRound() => _failed.Clear();

    /// <summary>Does the next piece of work.</summary>
    /// <param name="listed">The tenant as it is in the bucket; null to list it and write its bucket index.</param>
    /// <param name="cancellationToken">Stops the work; what was done stays.</param>
    /// <returns>True when there may be more to do in this round.</returns>
    /// <exception cref="IOException">The bucket does not answer as it should, or the local disk does not; what was done stays.</exception>
    public async Task<bool> StepAsync(BucketIndexUpdate? listed, CancellationToken cancellationToken)
    {
        BucketIndexUpdate update = listed ?? await _context.UpdateIndex(_tenant, cancellationToken).ConfigureAwait(false);
        _index = update.Index;
        if (await KeepHouseAsync(update, cancellationToken).ConfigureAwait(false) || await TryAsync([], DeleteSeriesAsync, cancellationToken).ConfigureAwait(false))
        {
            return true;
        }

        BlockMeta[] readable =
        [
            .. update.Index.Readable.Select(static block => block.Meta)
                .Where(block => !_failed.Contains(block.Id) && !update.Index.DeletionMarks.ContainsKey(block.Id)), // a mark that does not count is taken back first
        ];
        TenantRetention retention = _retention();
        return CompactionPlanner.Plan(readable, _context.NowMs, resolution => _context.Options.Rules.Within(retention.Of(resolution))) is { } job
            && await TryAsync(job.Inputs, stop => JoinAsync(job, retention, stop), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Everything but joining.</summary>
    /// <returns>True when blocks were marked or set aside, or taken back: then the index has to be made anew before blocks are joined.</returns>
    private async Task<bool> KeepHouseAsync(BucketIndexUpdate update, CancellationToken cancellationToken)
    {
        foreach (string why in update.UnreadableMarks.Values)
        {
            Log.MarkUnreadable(_context.Logger, why);
        }

        bool changed = update.Unreadable.Count > 0;
        foreach (UnreadableBlock block in update.Unreadable)
        {
            await _damaged.SetAsideAsync(_tenant, block, cancellationToken).ConfigureAwait(false);
        }

        var retention = new RetentionRule(_retention(), update.Index.Readable.Select(static block => block.Meta), _context.NowMs);
        if (await ExamineAsync(update.Index, cancellationToken).ConfigureAwait(false)
            | await _damaged.TakeBackAsync(update.Index, cancellationToken).ConfigureAwait(false)
            | await _expired.TakeBackAsync(update.Index, retention, cancellationToken).ConfigureAwait(false))
        {
            return true; // the rest rests on what is readable
        }

        changed |= await _superseded.MarkAsync(update.Index, cancellationToken).ConfigureAwait(false);
        changed |= await _expired.MarkAsync(update.Index, retention, cancellationToken).ConfigureAwait(false);
        changed |= await _remover.RemoveAsync(update, retention, cancellationToken).ConfigureAwait(false);
        return changed;
    }

    private async Task<bool> ExamineAsync(BucketIndex index, CancellationToken cancellationToken)
    {
        bool any = false;
        foreach (BlockId suspect in _suspects.Keys)
        {
            if (index.Readable.FirstOrDefault(block => block.Id == suspect) is { } block)
            {
                any |= await _damaged.ExamineAsync(index, block.Meta, cancellationToken).ConfigureAwait(false);
            }

            _ = _suspects.TryRemove(suspect, out _);
        }

        return any;
    }

    private async Task<bool> DeleteSeriesAsync(CancellationToken cancellationToken) =>
        _deleter is not null && await _deleter.StepAsync(_index!, _failed, cancellationToken).ConfigureAwait(false);

    private async Task<bool> JoinAsync(CompactionJob job, TenantRetention retention, CancellationToken cancellationToken)
    {
        BlockMergeOptions merge = await MergeOptionsAsync(job.Inputs[0].ResolutionMs, retention, cancellationToken).ConfigureAwait(false);
        string reason = job.Kind == CompactionKind.Overlap ? "overlap" : "range";
        _ = await _rewriter.RewriteAsync(new RewriteWork(reason, job.Inputs, job.Range, merge), cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Does work that may meet a damaged block, which is set aside, or fail for reasons that do not concern the rest.</summary>
    /// <param name="inputs">Blocks that are left alone for the rest of the round when it fails; when there are none, the failure is the tenant's.</param>
    /// <param name="work">Tells whether there may be more to do.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    private async Task<bool> TryAsync(IReadOnlyList<BlockMeta> inputs, Func<CancellationToken, Task<bool>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await work(cancellationToken).ConfigureAwait(false);
        }
        catch (DamagedBlockException damage)
        {
            await _damaged.SetAsideAsync(_index!, _index!.Find(damage.Block)!.Meta, damage.Message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (inputs.Count > 0 && e is InvalidDataException or (IOException and not BucketException))
        {
            _failed.UnionWith(inputs.Select(static input => input.Id));
            _context.Metrics.Failed();
            Log.JobFailed(_context.Logger, inputs.Count, _tenant.Name, e.Message);
        }

        return true;
    }

    /// <summary>What is past the retention, or deleted, need not be written again. Windows stay whole: their columns belong together.</summary>
    private async ValueTask<BlockMergeOptions> MergeOptionsAsync(long resolutionMs, TenantRetention retention, CancellationToken cancellationToken)
    {
        if (resolutionMs > 0)
        {
            return BlockMergeOptions.KeepAll;
        }

        IReadOnlyList<DeletionJob> open = _context.Deletions is null
            ? []
            : await _context.Deletions.ListOpenAsync(_tenant, cancellationToken).ConfigureAwait(false);
        return new BlockMergeOptions
        {
            Range = new QueryRange(retention.NeededFloorMs(_context.NowMs), long.MaxValue),
            Filter = open.Count == 0 ? null : new DeletionFilter(new SeriesDeletions(open.SelectMany(static job => job.Deletions))),
        };
    }
}
