using Microsoft.Extensions.Logging;
using RemoteStore.Primitives.Threading;
using RemoteStore.Tsdb.Flushing;

namespace RemoteStore.Tsdb.Maintaining;

/// <summary>Flushes memory in time, and finds the way back after a failed log.</summary>
internal sealed class FlushLoop : IDisposable
{
    private readonly TsdbOptions _options;
    private readonly Flusher _flusher;
    private readonly PartCatalog _catalog;
    private readonly RowBudget _budget;
    private readonly LogKeeper _log;
    private readonly RegistrySaver _registries;
    private readonly RetentionSweep _retention;
    private readonly DiskUsage _disk;
    private readonly TimeProvider _time;
    private readonly TsdbMetrics _metrics;
    private readonly ILogger _logger;

    // Below requests, above starving: on a saturated core a flush still gets a fifth of it.
    private readonly BackgroundThread _thread = new("flush", niceness: 3);

    public FlushLoop(
        TsdbOptions options, Flusher flusher, PartCatalog catalog, RowBudget budget, LogKeeper log, RegistrySaver registries, RetentionSweep retention,
        DiskUsage disk, TimeProvider time, TsdbMetrics metrics, ILogger logger)
    {
        _options = options;
        _flusher = flusher;
        _catalog = catalog;
        _budget = budget;
        _log = log;
        _registries = registries;
        _retention = retention;
        _disk = disk;
        _time = time;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>Called after each flush; set before the loop runs.</summary>
    public Action? Flushed { get; set; }

    /// <summary>Writes what is in memory to parts now.</summary>
    public async Task<long> FlushAsync(CancellationToken cancellationToken)
    {
        await _catalog.Changes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            long rows = await _thread.RunAsync(() => _flusher.Flush(_log.Current)).ConfigureAwait(false);
            _budget.Remove(rows);
            _log.NoteFlush(null);
            Flushed?.Invoke();
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

    /// <summary>Flushes when it is time until the token is cancelled; completes without error then.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        long lastFlush = _time.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _budget.WaitForWorkAsync(_options.FlushInterval, stop).ConfigureAwait(false);
                bool due = _budget.WantsFlush || _time.GetElapsedTime(lastFlush) >= _options.FlushInterval;
                if (_log.HasFailed)
                {
                    await RecoverLogAsync(stop).ConfigureAwait(false);
                    lastFlush = _time.GetTimestamp();
                }
                else if (due)
                {
                    await FlushAsync(CancellationToken.None).ConfigureAwait(false);
                    lastFlush = _time.GetTimestamp();
                    await _retention.DropExpiredAsync(stop).ConfigureAwait(false);
                    await _registries.SaveGrownAsync(stop).ConfigureAwait(false);
                    _disk.Refresh();
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Rows stay in memory and in the log; nothing is lost by trying again.
                Log.FlushFailed(_logger, e, BackgroundLoop.DefaultRetryDelay.TotalSeconds);
                _metrics.FlushFailed();
                await BackgroundLoop.DelayAsync(BackgroundLoop.DefaultRetryDelay, _time, stop).ConfigureAwait(false);
                _budget.Wake();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _thread.Dispose();

    /// <summary>
    /// A failed log may have holes, so nothing more goes there. With every row in a synced part the old generation is not needed; only then does a new
    /// one begin, and writes with it.
    /// </summary>
    private async Task RecoverLogAsync(CancellationToken stop)
    {
        await _catalog.Changes.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            long rows = await _thread.RunAsync(() => _flusher.Flush(null)).ConfigureAwait(false);
            _budget.Remove(rows);
            _log.StartNewGeneration();
            _log.NoteFlush(null);
        }
        finally
        {
            _catalog.Changes.Release();
        }
    }
}
