using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Parts;
using RemoteStore.Primitives.Files;
using RemoteStore.Primitives.Threading;
using RemoteStore.Tsdb.Heads;

namespace RemoteStore.Tsdb.Flushing;

/// <summary>
/// The store's own work: flushes, the way back after a failed log, merges, retention. Flushes and changes of the part set are serialised; merging reads
/// and writes beside them and only swaps under the same lock.
/// </summary>
internal sealed class Maintenance : IDisposable
{
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromSeconds(1);

    private readonly TsdbOptions _options;
    private readonly Flusher _flusher;
    private readonly PartCatalog _catalog;
    private readonly RowBudget _budget;
    private readonly LogKeeper _log;
    private readonly RegistrySaver _registries;
    private readonly IFileSystem _files;
    private readonly Failpoints _failpoints;
    private readonly TimeProvider _time;
    private readonly TsdbMetrics _metrics;
    private readonly ILogger _logger;
    private readonly MergePolicy _policy = new(new MergePolicyOptions());
    private readonly SemaphoreSlim _merging = new(1, 1);
    private readonly SemaphoreSlim _mergeWanted = new(0, 1);
    private readonly CancellationTokenSource _stop = new();

    // Below requests, above starving: on a saturated core a flush still gets a fifth of it and merges keep up with what comes in.
    private readonly BackgroundThread _flushThread = new("flush", niceness: 3);
    private readonly BackgroundThread _mergeThread = new("merge", niceness: 6);
    private readonly List<Task> _loops = [];

    public Maintenance(
        TsdbOptions options, Flusher flusher, PartCatalog catalog, RowBudget budget, LogKeeper log, RegistrySaver registries,
        IFileSystem files, Failpoints failpoints, TimeProvider time, TsdbMetrics metrics, ILogger logger)
    {
        _options = options;
        _flusher = flusher;
        _catalog = catalog;
        _budget = budget;
        _log = log;
        _registries = registries;
        _files = files;
        _failpoints = failpoints;
        _time = time;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Starts the loops.</summary>
    public void Start()
    {
        _loops.Add(Task.Run(FlushLoopAsync));
        if (_options.BackgroundMerges)
        {
            _loops.Add(Task.Run(MergeLoopAsync));
        }
    }

    /// <summary>Stops the loops and waits for what they are doing.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_loops).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _merging.Dispose();
        _mergeWanted.Dispose();
        _stop.Dispose();
        _flushThread.Dispose();
        _mergeThread.Dispose();
    }

    /// <summary>Writes what is in memory to parts now.</summary>
    public async Task<long> FlushAsync(CancellationToken cancellationToken)
    {
        await _catalog.Changes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            long rows = await _flushThread.RunAsync(() => _flusher.Flush(_log.Current)).ConfigureAwait(false);
            _budget.Remove(rows);
            _log.NoteFlush(null);
            WakeMerge();
            return rows;
        }
        catch (IOException e)
        {
            _log.NoteFlush(e);
            throw;
        }
        finally
        {
            _catalog.Changes.Release();
        }
    }

    /// <summary>Merges everything to the smallest form.</summary>
    public async Task MergeAllAsync(CancellationToken cancellationToken)
    {
        await _merging.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (MergePlan plan in _policy.PlanFull(_catalog.Parts.Select(static p => p.Info), acrossRanges: false))
            {
                await MergeAsync(plan, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _merging.Release();
        }
    }

    private async Task FlushLoopAsync()
    {
        long lastFlush = _time.GetTimestamp();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _budget.WaitForWorkAsync(_options.FlushInterval, _stop.Token).ConfigureAwait(false);
                bool due = _budget.WantsFlush || _time.GetElapsedTime(lastFlush) >= _options.FlushInterval;
                if (_log.HasFailed)
                {
                    await RecoverLogAsync().ConfigureAwait(false);
                    lastFlush = _time.GetTimestamp();
                }
                else if (due)
                {
                    await FlushAsync(CancellationToken.None).ConfigureAwait(false);
                    lastFlush = _time.GetTimestamp();
                    await DropExpiredAsync().ConfigureAwait(false);
                    await _registries.SaveGrownAsync(_stop.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Rows stay in memory and in the log; nothing is lost by trying again.
                Log.FlushFailed(_logger, e, s_retryDelay.TotalSeconds);
                _metrics.FlushFailed();
                await DelayAsync().ConfigureAwait(false);
                _budget.Wake();
            }
        }
    }

    /// <summary>
    /// A failed log may have holes, so nothing more goes there. With every row in a synced part the old generation is not needed; only then does a new
    /// one begin, and writes with it.
    /// </summary>
    private async Task RecoverLogAsync()
    {
        await _catalog.Changes.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            long rows = await _flushThread.RunAsync(() => _flusher.Flush(null)).ConfigureAwait(false);
            _budget.Remove(rows);
            _log.StartNewGeneration();
            _log.NoteFlush(null);
        }
        finally
        {
            _catalog.Changes.Release();
        }
    }

    private async Task MergeLoopAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await _mergeWanted.WaitAsync(TimeSpan.FromMinutes(1), _stop.Token).ConfigureAwait(false);
                await _merging.WaitAsync(_stop.Token).ConfigureAwait(false);
                try
                {
                    while (_policy.Plan(_catalog.Parts.Select(static p => p.Info), ClosedBefore()) is { } plan)
                    {
                        await MergeAsync(plan, _stop.Token).ConfigureAwait(false);
                    }
                }
                finally
                {
                    _merging.Release();
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Log.MergeFailed(_logger, e, s_retryDelay.TotalSeconds);
                _metrics.MergeFailed();
                await DelayAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task MergeAsync(MergePlan plan, CancellationToken cancellationToken)
    {
        var wanted = plan.Inputs.Select(static p => p.Id).ToHashSet();
        List<LivePart> inputs = [.. _catalog.Parts.Where(p => wanted.Contains(p.Info.Id) && p.TryRetain())];
        try
        {
            if (inputs.Count != plan.Inputs.Count)
            {
                return; // one was set aside meanwhile; the next plan knows
            }

            _failpoints.Hit("merge.before");
            long started = _time.GetTimestamp();
            PartId id = await NextIdAsync(cancellationToken).ConfigureAwait(false);
            long floor = AgeRules.At(_time.GetUtcNow(), _options).FloorMs;
            var options = new MergeOptions { RetentionFloor = _ => floor, Failpoints = _failpoints };
            MergeResult result = await _mergeThread.RunAsync(() => PartMerger.Merge(
                [.. inputs.Select(static p => p.Reader)], _files, _catalog.PathOf(id), id, plan.Level, options, cancellationToken)).ConfigureAwait(false);
            await _catalog.Changes.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (inputs.All(p => _catalog.Parts.Contains(p)))
                {
                    _catalog.Replace(result.Part.IsEmpty ? [] : [result.Part], inputs, "merge");
                    TimeSpan elapsed = _time.GetElapsedTime(started);
                    _metrics.Merged(result.RowsRead, elapsed);
                    Log.Merged(_logger, inputs.Count, id.ToString(), result.Part.Rows, result.Part.SizeBytes, elapsed.TotalMilliseconds);
                }
                else
                {
                    _files.DeleteFile(_catalog.PathOf(id));
                }
            }
            finally
            {
                _catalog.Changes.Release();
            }
        }
        catch (CorruptDataException e)
        {
            LivePart? corrupt = inputs.FirstOrDefault(p => _catalog.PathOf(p.Info.Id) == e.File);
            if (corrupt is null)
            {
                throw;
            }

            await _catalog.QuarantineAsync(corrupt, e.Message, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            inputs.ForEach(static p => p.Release());
        }
    }

    /// <summary>Ranges that lie behind the out-of-order window see little data any more.</summary>
    private long ClosedBefore() => (_time.GetUtcNow() - _options.OutOfOrderWindow).ToUnixTimeMilliseconds();

    private async Task<PartId> NextIdAsync(CancellationToken cancellationToken)
    {
        await _catalog.Changes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _catalog.NextId();
        }
        finally
        {
            _catalog.Changes.Release();
        }
    }

    private async Task DropExpiredAsync()
    {
        long floor = AgeRules.At(_time.GetUtcNow(), _options).FloorMs;
        List<LivePart> expired = [.. _catalog.Parts.Where(p => p.Info.MaxTime < floor)];
        if (expired.Count == 0)
        {
            return;
        }

        await _catalog.Changes.WaitAsync(_stop.Token).ConfigureAwait(false);
        try
        {
            expired.RemoveAll(p => !_catalog.Parts.Contains(p));
            if (expired.Count > 0)
            {
                _catalog.Replace([], expired, "retention");
                Log.Expired(_logger, expired.Count, floor);
            }
        }
        finally
        {
            _catalog.Changes.Release();
        }
    }

    private void WakeMerge()
    {
        try
        {
            _mergeWanted.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    private async Task DelayAsync()
    {
        try
        {
            await Task.Delay(s_retryDelay, _time, _stop.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }
}
