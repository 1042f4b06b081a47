using Microsoft.Extensions.Logging;

namespace RemoteStore.Ruler.Notifying;

/// <summary>Sends the notifications of one tenant to one Alertmanager, so that neither waits for another.</summary>
internal sealed class AlertSender : IAsyncDisposable
{
    private const int MaxAttempts = 5;

    private static readonly TimeSpan s_firstRetryDelay = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_longestRetryDelay = TimeSpan.FromSeconds(8);

    private readonly IAlertmanager _target;
    private readonly AlertmanagerOptions _options;
    private readonly NotifierMetrics.Target _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly AlertQueue _queue;
    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly Task _loop;

    public AlertSender(IAlertmanager target, AlertmanagerOptions options, NotifierMetrics metrics, TimeProvider time, ILogger logger)
    {
        _target = target;
        _options = options;
        _metrics = metrics.For(target.Address);
        _time = time;
        _logger = logger;
        _queue = new AlertQueue(options.QueueCapacity);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Notifications that wait.</summary>
    public int Waiting => _queue.Count;

    /// <summary>Adds notifications to the queue.</summary>
    public void Add(IReadOnlyList<AlertNotification> notifications)
    {
        int dropped = _queue.Add(notifications);
        if (dropped > 0)
        {
            _metrics.QueueOverflowed(dropped);
            _logger.NotificationsDropped(_target.Address, dropped, "the queue is full");
        }
    }

    /// <summary>Sends what waits, without repeating, and ends.</summary>
    /// <param name="abort">Leaves the rest.</param>
    public async Task StopAsync(CancellationToken abort)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        using (abort.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _abort))
        {
            await _loop.ConfigureAwait(false);
        }

        int left = _queue.Take(int.MaxValue).Count;
        if (left > 0)
        {
            _metrics.Abandoned(left);
            _logger.NotificationsDropped(_target.Address, left, "the process ends");
        }

    }

    /// <summary>Ends at once, if <see cref="StopAsync"/> did not before.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        _stopping.Dispose();
        _abort.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (await HasWorkAsync().ConfigureAwait(false))
            {
                List<AlertNotification> batch = _queue.Take(_options.MaxBatchSize);
                if (batch.Count > 0)
                {
                    await SendAsync(batch).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            // What was being sent may have arrived; the rest is counted by who stops.
        }
    }

    private async ValueTask<bool> HasWorkAsync()
    {
        try
        {
            await _queue.WaitAsync(_stopping.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return _queue.Count > 0;
        }
    }

    private async Task SendAsync(List<AlertNotification> batch)
    {
        for (int attempt = 1; ; attempt++)
        {
            long began = _time.GetTimestamp();
            (SendOutcome outcome, string? reason) = await TryAsync(batch).ConfigureAwait(false);
            if (outcome == SendOutcome.Delivered)
            {
                _metrics.Delivered(batch.Count, _time.GetElapsedTime(began));
                return;
            }

            _metrics.Failed(batch.Count);
            if (outcome == SendOutcome.Refused || attempt == MaxAttempts || !await WaitBeforeRetryAsync(attempt).ConfigureAwait(false))
            {
                // Firing alerts are told again after the resend delay, resolved ones for a while.
                _metrics.GivenUp(batch.Count);
                _logger.NotificationsDropped(_target.Address, batch.Count, reason ?? "");
                return;
            }
        }
    }

    /// <summary>Tries once. A fault of ours with one batch must not end the sending of all others.</summary>
    private async Task<(SendOutcome Outcome, string? Reason)> TryAsync(List<AlertNotification> batch)
    {
        try
        {
            return await _target.SendAsync(batch, _abort.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return (SendOutcome.Refused, e.ToString());
        }
    }

    /// <summary>Waits, longer each time; false when the process ends.</summary>
    private async ValueTask<bool> WaitBeforeRetryAsync(int attempt)
    {
        double delay = Math.Min(s_firstRetryDelay.TotalMilliseconds * Math.Pow(2, attempt - 1), s_longestRetryDelay.TotalMilliseconds);
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(delay), _time, _stopping.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return false;
        }
    }
}
