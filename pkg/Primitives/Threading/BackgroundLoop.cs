namespace RemoteStore.Primitives.Threading;

/// <summary>Work that is done again and again: when it is woken, and at least once a period. A round that fails is repeated after a moment.</summary>
public sealed class BackgroundLoop : IDisposable
{
    /// <summary>Wait after a failure that costs little to repeat.</summary>
    public static readonly TimeSpan DefaultRetryDelay = TimeSpan.FromSeconds(1);

    private readonly Func<CancellationToken, Task> _round;
    private readonly TimeSpan _period;
    private readonly Action<Exception> _failed;
    private readonly TimeSpan _retryDelay;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _wanted = new(0, 1);

    /// <summary>Prepares the loop.</summary>
    /// <param name="round">One round; it may end early when the token is cancelled.</param>
    /// <param name="period">Longest time between rounds.</param>
    /// <param name="failed">Told of a round's failure.</param>
    /// <param name="retryDelay">Wait before a round that failed is repeated.</param>
    /// <param name="time">Clock of the wait after a failure.</param>
    public BackgroundLoop(Func<CancellationToken, Task> round, TimeSpan period, Action<Exception> failed, TimeSpan retryDelay, TimeProvider time)
    {
        _round = round;
        _period = period;
        _failed = failed;
        _retryDelay = retryDelay;
        _time = time;
    }

    /// <summary>Asks for a round soon.</summary>
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

    /// <summary>Runs rounds until the token is cancelled; completes without error then.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await _wanted.WaitAsync(_period, stop).ConfigureAwait(false);
                await _round(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _failed(e);
                await DelayAsync(_retryDelay, _time, stop).ConfigureAwait(false);
                Wake();
            }
        }
    }

    /// <summary>Waits, or until the token is cancelled; completes without error then.</summary>
    public static async Task DelayAsync(TimeSpan delay, TimeProvider time, CancellationToken stop)
    {
        try
        {
            await Task.Delay(delay, time, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop sees it.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _wanted.Dispose();
}
