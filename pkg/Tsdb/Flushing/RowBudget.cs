namespace RemoteStore.Tsdb.Flushing;

/// <summary>Counts rows in memory, wakes the flush when there are enough, and holds writes back when there are too many.</summary>
internal sealed class RowBudget : IDisposable
{
    private readonly long _flushRows;
    private readonly long _maxRows;
    private readonly Lock _lock = new(); // guards _room
    private readonly SemaphoreSlim _wanted = new(0, 1);
    private TaskCompletionSource? _room;
    private long _rows;

    public RowBudget(long flushRows, long maxRows)
    {
        _flushRows = flushRows;
        _maxRows = maxRows;
    }

    /// <summary>Rows in memory.</summary>
    public long Rows => Interlocked.Read(ref _rows);

    /// <summary>True when there are enough rows for a flush.</summary>
    public bool WantsFlush => Rows >= _flushRows;

    /// <summary>Counts rows that came in.</summary>
    public void Add(long rows)
    {
        if (Interlocked.Add(ref _rows, rows) >= _flushRows && _wanted.CurrentCount == 0)
        {
            Wake();
        }
    }

    /// <summary>Counts rows that were flushed and lets waiting writes go on.</summary>
    public void Remove(long rows)
    {
        TaskCompletionSource? room = null;
        if (Interlocked.Add(ref _rows, -rows) < _maxRows)
        {
            lock (_lock)
            {
                (room, _room) = (_room, null);
            }
        }

        room?.TrySetResult();
    }

    /// <summary>Makes the flush run soon.</summary>
    public void Wake()
    {
        try
        {
            _wanted.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake already.
        }
    }

    /// <summary>Waits until a flush is wanted or the time has passed.</summary>
    public Task WaitForWorkAsync(TimeSpan timeout, CancellationToken cancellationToken) => _wanted.WaitAsync(timeout, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _wanted.Dispose();

    /// <summary>Completes at once while there is room, else when a flush made some.</summary>
    public Task WaitForRoomAsync()
    {
        if (Rows < _maxRows)
        {
            return Task.CompletedTask;
        }

        lock (_lock)
        {
            // Looked at again under the lock: a flush may have ended in between, and would not wake a waiter that comes later.
            return Rows < _maxRows ? Task.CompletedTask : (_room ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
