using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Merging;
using RemoteStore.BlockStore.Damage;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.Downsampler.Planning;
using RemoteStore.Model;
using RemoteStore.Storage;

namespace RemoteStore.Downsampler;

/// <summary>
/// One tenant's work. Keeps nothing that must not be lost: what is to be done follows from the blocks in the bucket, so that any block may be the last of a process
/// and the next one the first of another.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class TenantDownsampler
{
    private static readonly TimeSpan s_indexAge = TimeSpan.FromMinutes(1); // at most, in a round that takes long

    private readonly DownsamplerContext _context;
    private readonly TenantId _tenant;
    private readonly BucketIndexStore _indexes;
    private readonly WindowBlockMaker _maker;
    private readonly BlockQuarantine _quarantine;
    private readonly long _startedMs;
    private readonly Dictionary<BlockId, BlockMeta> _made = []; // not yet in the bucket index
    private readonly Dictionary<BlockId, BlockRange> _setAside = []; // the bucket index does not say so yet
    private readonly Dictionary<(long ResolutionMs, BlockRange Range), Attempt> _attempts = [];
    private readonly Queue<DownsampleJob> _jobs = new(); // of one resolution: coarser blocks are planned once these are made
    private BucketIndex? _index;
    private long _loadedAt; // time stamp of the clock

    /// <summary>Prepares the work.</summary>
    /// <param name="context">What it works with.</param>
    /// <param name="tenant">Whose blocks.</param>
    /// <param name="startedMs">When this process began: an index that was made before may lack blocks of the one before it.</param>
    /// <param name="maker">Makes blocks.</param>
    /// <param name="quarantine">Sets damaged ones aside.</param>
    public TenantDownsampler(DownsamplerContext context, TenantId tenant, long startedMs, WindowBlockMaker maker, BlockQuarantine quarantine)
    {
        _context = context;
        _tenant = tenant;
        _indexes = new BucketIndexStore(context.Bucket, context.Time);
        _maker = maker;
        _quarantine = quarantine;
        _startedMs = startedMs;
    }

    /// <summary>Begins a round: what is in the bucket now counts.</summary>
    public void BeginRound() => _index = null;

    /// <summary>Makes the next block that is due.</summary>
    /// <returns>Whether one was made, or nothing is to be done now, or what was tried did not succeed.</returns>
    /// <exception cref="IOException">The bucket index cannot be read.</exception>
    public async Task<StepOutcome> StepAsync(CancellationToken cancellationToken)
    {
        if (_index is null || _context.Time.GetElapsedTime(_loadedAt) >= s_indexAge)
        {
            await LoadAsync(cancellationToken).ConfigureAwait(false);
        }

        if (_index is not { IsTenantDeleted: false } index || index.UpdatedAtMs < _startedMs) // it may lack what a process made before it died
        {
            return StepOutcome.Nothing;
        }

        return NextJob(index) is { } job ? await RunAsync(index, job, cancellationToken).ConfigureAwait(false) : StepOutcome.Nothing;
    }

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        _jobs.Clear();
        _index = await _indexes.LoadAsync(_tenant, cancellationToken).ConfigureAwait(false);
        _loadedAt = _context.Time.GetTimestamp();
        if (_index is not { } index)
        {
            return;
        }

        foreach (BlockId listed in _made.Keys.Where(id => index.Find(id) is not null).ToArray())
        {
            _ = _made.Remove(listed);
        }

        foreach (BlockId known in _setAside.Keys.Where(id => index.BrokenMarks.ContainsKey(id) || index.Find(id) is null).ToArray())
        {
            _ = _setAside.Remove(known);
        }
    }

    private DownsampleJob? NextJob(BucketIndex index)
    {
        DownsampleJob? job;
        while (_jobs.TryDequeue(out job))
        {
            if (MayTry(job))
            {
                return job;
            }
        }

        IEnumerable<BlockMeta> blocks = index.Readable.Select(static block => block.Meta).Concat(_made.Values);
        foreach (DownsampleJob due in DownsamplePlanner.Plan(blocks, _context.NowMs, _context.Options, _context.RetentionOf?.Invoke(_tenant)).Where(MayTry))
        {
            if (job is not null && job.ResolutionMs != due.ResolutionMs)
            {
                break;
            }

            if (job is null)
            {
                job = due;
            }
            else
            {
                _jobs.Enqueue(due);
            }
        }

        return job;
    }

    private async Task<StepOutcome> RunAsync(BucketIndex index, DownsampleJob job, CancellationToken cancellationToken)
    {
        try
        {
            return await MakeAsync(index, job, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or ArgumentException or StorageUnavailableException)
        {
            (long, BlockRange) key = (job.ResolutionMs, job.Range);
            TimeSpan wait = _attempts.TryGetValue(key, out Attempt? before) ? before.Wait * 2 : _context.Options.RetryDelay;
            wait = wait > _context.Options.MaxRetryDelay ? _context.Options.MaxRetryDelay : wait;
            _attempts[key] = new Attempt(wait, _context.NowMs, SignatureOf(job));
            _context.Metrics.Failed();
            Log.JobFailed(_context.Logger, job.ResolutionMs, _tenant.Name, job.Range.Start, job.Range.End, wait.TotalSeconds, e.Message);
            return StepOutcome.Failed;
        }
    }

    private async Task<StepOutcome> MakeAsync(BucketIndex index, DownsampleJob job, CancellationToken cancellationToken)
    {
        try
        {
            if (await _maker.MakeAsync(job, cancellationToken).ConfigureAwait(false) is { } made)
            {
                _made[made.Id] = made;
                _ = _attempts.Remove((job.ResolutionMs, job.Range));
                return StepOutcome.Made;
            }

            // Nothing is left of what was there. The blocks that said otherwise go with the next compaction.
            _attempts[(job.ResolutionMs, job.Range)] = new Attempt(_context.Options.MaxRetryDelay, _context.NowMs, SignatureOf(job));
            return StepOutcome.Made;
        }
        catch (DamagedBlockException damage)
        {
            BlockMeta meta = job.Inputs.First(input => input.Block.Id == damage.Block).Block;
            QuarantineReport report = await _quarantine.SetAsideAsync(index, meta, damage.Message, cancellationToken).ConfigureAwait(false);
            _setAside[meta.Id] = meta.Range;
            _ = _made.Remove(meta.Id);
            _context.Metrics.SetAside(report.LostSamples);
            Log.SetAside(_context.Logger, meta.Id.ToString(), _tenant.Name, damage.Message, report.Salvage);
            return StepOutcome.Failed;
        }
    }

    /// <summary>
    /// False while what failed waits, at least until the index is newer: it may have been published all the same. With other inputs than those that failed it is
    /// tried at once. False, too, where a block was set aside, until the index shows what is left.
    /// </summary>
    private bool MayTry(DownsampleJob job) =>
        !_setAside.Values.Any(range => range.Start < job.Range.End && range.End > job.Range.Start)
        && (!_attempts.TryGetValue((job.ResolutionMs, job.Range), out Attempt? attempt)
            || attempt.Signature != SignatureOf(job)
            || _context.NowMs < attempt.AtMs // the clock went back
            || (_context.NowMs >= attempt.AtMs + (long)attempt.Wait.TotalMilliseconds && _index?.UpdatedAtMs >= attempt.AtMs));

    private static string SignatureOf(DownsampleJob job) => string.Join(' ', job.Inputs.Select(static input => input.Block.Id));

    /// <summary>Something that did not succeed.</summary>
    private sealed record Attempt(TimeSpan Wait, long AtMs, string Signature);
}
