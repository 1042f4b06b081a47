namespace RemoteStore.Ruler.Notifying;

/// <summary>Notifications that wait, oldest first. When there are more than fit, the oldest go: what is newer says the same, or better. Safe for concurrent use.</summary>
internal sealed class AlertQueue
{
    private readonly Lock _lock = new(); // guards the fields below; nothing else is called under it
    private readonly int _capacity;
    private readonly Queue<AlertNotification> _waiting = new();
    private TaskCompletionSource _arrival = NewSignal();

    public AlertQueue(int capacity) => _capacity = capacity;

    /// <summary>Number of notifications that wait.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Adds notifications.</summary>
    /// <returns>How many of those that waited, or of these, were dropped.</returns>
    public int Add(IReadOnlyList<AlertNotification> notifications)
    {
        TaskCompletionSource arrival;
        int dropped = 0;
        lock (_lock)
        {
            foreach (AlertNotification notification in notifications)
            {
                if (_waiting.Count == _capacity)
                {
                    _ = _waiting.Dequeue();
                    dropped++;
                }

                _waiting.Enqueue(notification);
            }

            arrival = _arrival;
        }

        arrival.TrySetResult();
        return dropped;
    }

    /// <summary>Takes the oldest notifications out, at most <paramref name="limit"/>; empty when none waits.</summary>
    public List<AlertNotification> Take(int limit)
    {
        lock (_lock)
        {
            int count = Math.Min(limit, _waiting.Count);
            var taken = new List<AlertNotification>(count);
            for (int i = 0; i < count; i++)
            {
                taken.Add(_waiting.Dequeue());
            }

            return taken;
        }
    }

    /// <summary>Completes when a notification waits.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_waiting.Count > 0)
            {
                return Task.CompletedTask;
            }

            if (_arrival.Task.IsCompleted)
            {
                _arrival = NewSignal();
            }

            return _arrival.Task.WaitAsync(cancellationToken);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
