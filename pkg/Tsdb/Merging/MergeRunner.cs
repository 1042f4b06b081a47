using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Parts;
using RemoteStore.Primitives.Files;
using RemoteStore.Primitives.Threading;
using RemoteStore.Tsdb.Flushing;
using RemoteStore.Tsdb.Heads;

namespace RemoteStore.Tsdb.Merging;

/// <summary>
/// Merges parts. Reading and writing run on a thread below requests, beside flushes; only the swap of parts takes <see cref="PartCatalog.Changes"/>.
/// Who merges or cuts holds <see cref="Turn"/>, so that no part is the input of two.
/// </summary>
internal sealed class MergeRunner : IDisposable
{
    private readonly TsdbOptions _options;
    private readonly PartCatalog _catalog;
    private readonly IFileSystem _files;
    private readonly Failpoints _failpoints;
    private readonly TimeProvider _time;
    private readonly TsdbMetrics _metrics;
    private readonly ILogger _logger;

    public MergeRunner(
        TsdbOptions options, PartCatalog catalog, IFileSystem files, Failpoints failpoints, TimeProvider time, TsdbMetrics metrics, ILogger logger)
    {
        _options = options;
        _catalog = catalog;
        _files = files;
        _failpoints = failpoints;
        _time = time;
        _metrics = metrics;
        _logger = logger;
        Policy = new MergePolicy(new MergePolicyOptions { Range = options.BlockRange });
    }

    /// <summary>Held by whoever merges or cuts.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>What is merged when.</summary>
    public MergePolicy Policy { get; }

    /// <summary>The thread that reads and writes. On a saturated core merges still keep up with what comes in.</summary>
    public BackgroundThread Thread { get; } = new("merge", niceness: 6);

    /// <summary>Parts that may be merged.</summary>
    public IEnumerable<LivePart> Candidates => _catalog.Parts.Where(static part => !part.AwaitsDrop);

    /// <summary>Does all merges that are due.</summary>
    public async Task MergeDueAsync(CancellationToken cancellationToken)
    {
        await Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            while (Policy.Plan(Candidates.Select(static part => part.Info)) is { } plan)
            {
                await MergeAsync(plan, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>Merges everything to the smallest form: a part per range, more where that would be too large.</summary>
    public async Task MergeAllAsync(CancellationToken cancellationToken)
    {
        await Turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await SplitAsync([.. Candidates.Where(part => Policy.IsFresh(part.Info))], cancellationToken).ConfigureAwait(false);
            foreach (MergePlan plan in Policy.PlanFull(Candidates.Select(static part => part.Info)))
            {
                await MergeAsync(plan, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>Merges the parts so that each output lies in one range. The caller holds <see cref="Turn"/>.</summary>
    public async Task SplitAsync(IReadOnlyList<LivePart> parts, CancellationToken cancellationToken)
    {
        foreach (MergePlan plan in Policy.PlanSplit(parts.Select(static part => part.Info)))
        {
            await MergeAsync(plan, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes references on live parts of the given numbers; null when one of them is not live any more.</summary>
    public List<LivePart>? Retain(IEnumerable<PartId> ids)
    {
        var wanted = ids.ToHashSet();
        List<LivePart> parts = [.. _catalog.Parts.Where(part => wanted.Contains(part.Info.Id) && part.TryRetain())];
        if (parts.Count == wanted.Count)
        {
            return parts;
        }

        parts.ForEach(static part => part.Release());
        return null;
    }

    /// <summary>Sets the input aside that the exception names, so that the next plan works with what is left of it.</summary>
    /// <returns>False when it is none of them.</returns>
    public async Task<bool> TryQuarantineAsync(IEnumerable<LivePart> inputs, CorruptDataException corrupt, CancellationToken cancellationToken)
    {
        LivePart? broken = inputs.FirstOrDefault(part => _catalog.PathOf(part.Info.Id) == corrupt.File);
        if (broken is null)
        {
            return false;
        }

        await _catalog.QuarantineAsync(broken, corrupt.Message, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Turn.Dispose();
        Thread.Dispose();
    }

    private async Task MergeAsync(MergePlan plan, CancellationToken cancellationToken)
    {
        if (Retain(plan.Inputs.Select(static part => part.Id)) is not { } inputs)
        {
            return; // one was set aside meanwhile; the next plan knows
        }

        try
        {
            _failpoints.Hit("merge.before");
            long started = _time.GetTimestamp();
            DateTimeOffset now = _time.GetUtcNow();
            var options = new MergeOptions { RetentionFloor = tenant => AgeRules.KeptFloorMs(now, _options, tenant), Failpoints = _failpoints, Ranges = Policy.Ranges };
            MergeInput[] merged = [.. inputs.Select(static part => part.Input)];
            PartOrigin origin = PartOrigin.OfMerge(inputs);
            MergeResult result = await Thread.RunAsync(
                () => PartMerger.Merge(merged, _files, _catalog.Directory, _catalog.NextId, plan.Level, options, cancellationToken)).ConfigureAwait(false);
            if (await SwapAsync(inputs, result, origin, cancellationToken).ConfigureAwait(false))
            {
                TimeSpan elapsed = _time.GetElapsedTime(started);
                _metrics.Merged(result.RowsRead, elapsed);
                Log.Merged(
                    _logger, inputs.Count, result.Parts.Count, result.RowsRead, result.Parts.Sum(static part => part.SizeBytes), elapsed.TotalMilliseconds);
            }
        }
        catch (CorruptDataException e)
        {
            if (!await TryQuarantineAsync(inputs, e, cancellationToken).ConfigureAwait(false))
            {
                throw;
            }
        }
        finally
        {
            inputs.ForEach(static part => part.Release());
        }
    }

    /// <summary>Puts the outputs in place of the inputs; false when an input was set aside meanwhile, and then the outputs go.</summary>
    private async Task<bool> SwapAsync(List<LivePart> inputs, MergeResult result, PartOrigin origin, CancellationToken cancellationToken)
    {
        try
        {
            await _catalog.Changes.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Delete(result);
            throw;
        }

        try
        {
            if (inputs.All(part => _catalog.Parts.Contains(part)))
            {
                _catalog.Replace(result.Parts, inputs, origin, "merge");
                return true;
            }

            Delete(result);
            return false;
        }
        finally
        {
            _catalog.Changes.Release();
        }
    }

    private void Delete(MergeResult result)
    {
        foreach (PartInfo part in result.Parts)
        {
            _files.DeleteFile(_catalog.PathOf(part.Id));
        }
    }
}
