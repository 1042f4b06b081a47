using Microsoft.Extensions.Logging;
using RemoteStore.Primitives.Threading;
using RemoteStore.Tsdb.Cutting;
using RemoteStore.Tsdb.Merging;

namespace RemoteStore.Tsdb.Maintaining;

/// <summary>
/// The store's own work: flushes, merges, cuts, retention. Flushes and changes of the part set are serialised; merging and cutting read and write beside
/// them and only swap under the same lock.
/// </summary>
internal sealed class Maintenance : IDisposable
{
    private static readonly TimeSpan s_period = TimeSpan.FromMinutes(1);

    // On a full disk a cut writes much and takes it back; log and flushes need what is free more.
    private static readonly TimeSpan s_cutRetryDelay = TimeSpan.FromSeconds(30);

    private readonly bool _inBackground;
    private readonly FlushLoop _flushes;
    private readonly MergeRunner _merges;
    private readonly CutRunner _cuts;
    private readonly DiskUsage _disk;
    private readonly BackgroundLoop _mergeLoop;
    private readonly BackgroundLoop _cutLoop;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _loops = [];

    public Maintenance(
        TsdbOptions options, FlushLoop flushes, MergeRunner merges, CutRunner cuts, DiskUsage disk, TimeProvider time, TsdbMetrics metrics, ILogger logger)
    {
        _inBackground = options.BackgroundMerges;
        _flushes = flushes;
        _merges = merges;
        _cuts = cuts;
        _disk = disk;
        _mergeLoop = new BackgroundLoop(
            merges.MergeDueAsync,
            s_period,
            e =>
            {
                Log.MergeFailed(logger, e, BackgroundLoop.DefaultRetryDelay.TotalSeconds);
                metrics.MergeFailed();
            },
            BackgroundLoop.DefaultRetryDelay,
            time);
        _cutLoop = new BackgroundLoop(
            stop => CutAsync(CutScope.Ripe, stop),
            s_period,
            e =>
            {
                Log.CutFailed(logger, e, s_cutRetryDelay.TotalSeconds);
                metrics.CutFailed();
            },
            s_cutRetryDelay,
            time);
        flushes.Flushed = () =>
        {
            _mergeLoop.Wake();
            _cutLoop.Wake();
        };
    }

    /// <summary>Starts the loops.</summary>
    public void Start()
    {
        _loops.Add(Task.Run(() => _flushes.RunAsync(_stop.Token)));
        if (_inBackground)
        {
            _loops.Add(Task.Run(() => _mergeLoop.RunAsync(_stop.Token)));
            _loops.Add(Task.Run(() => _cutLoop.RunAsync(_stop.Token)));
        }
    }

    /// <summary>Stops the loops and waits for what they are doing.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_loops).ConfigureAwait(false);
    }

    /// <summary>Writes what is in memory to parts now.</summary>
    public Task<long> FlushAsync(CancellationToken cancellationToken) => _flushes.FlushAsync(cancellationToken);

    /// <summary>Merges everything to the smallest form.</summary>
    public Task MergeAllAsync(CancellationToken cancellationToken) => _merges.MergeAllAsync(cancellationToken);

    /// <summary>Makes blocks of ranges that are over.</summary>
    public async Task CutAsync(CutScope scope, CancellationToken cancellationToken)
    {
        if (await _cuts.RunAsync(scope, cancellationToken).ConfigureAwait(false))
        {
            _disk.Refresh();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _cutLoop.Dispose();
        _mergeLoop.Dispose();
        _merges.Dispose();
        _flushes.Dispose();
        _stop.Dispose();
    }
}
