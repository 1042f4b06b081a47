using Microsoft.Extensions.Logging;
using RemoteStore.Storage.Administration;
using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tsdb.Flushing;

/// <summary>The log in use and whether it may be written. Once it failed, no row is taken until all of memory is in a part and a new generation began.</summary>
internal sealed class LogKeeper : IAsyncDisposable
{
    private readonly RowBudget _budget;
    private readonly TimeProvider _time;
    private readonly TsdbMetrics _metrics;
    private readonly ILogger _logger;
    private volatile bool _failed;
    private volatile FsyncFailure? _lastFailure;
    private volatile string? _lastFlushFailure;

    public LogKeeper(WriteAheadLog log, RowBudget budget, TimeProvider time, TsdbMetrics metrics, ILogger logger)
    {
        Current = log;
        _budget = budget;
        _time = time;
        _metrics = metrics;
        _logger = logger;
    }

    /// <summary>The log; it takes entries only while <see cref="HasFailed"/> is false.</summary>
    public WriteAheadLog Current { get; }

    /// <summary>True from a failure until the new generation has begun. Appends check it under their head's lock.</summary>
    public bool HasFailed => _failed || Current.IsFailed;

    /// <summary>Why it failed last; null when it never did.</summary>
    public FsyncFailure? LastFailure => _lastFailure;

    /// <summary>Why the last flush failed; null when it succeeded.</summary>
    public string? LastFlushFailure => _lastFlushFailure;

    /// <summary>Notes that a row may be in memory and not in the log, or a commit failed.</summary>
    public void Fail(string why)
    {
        if (!_failed)
        {
            _failed = true;
            _lastFailure = new FsyncFailure(_time.GetUtcNow().ToUnixTimeMilliseconds(), why);
            _metrics.LogFailed();
            Log.LogFailed(_logger, why);
        }

        _budget.Wake();
    }

    /// <summary>Notes how the last flush ended.</summary>
    public void NoteFlush(Exception? failure) => _lastFlushFailure = failure?.Message;

    /// <summary>Begins a new generation; everything in memory is in synced parts.</summary>
    public void StartNewGeneration()
    {
        WalPosition begin = Current.StartNewGeneration();
        Current.DeleteGenerationsBefore(begin.Generation);
        _failed = false;
        Log.LogRecovered(_logger, begin.Generation);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Current.DisposeAsync();
}
