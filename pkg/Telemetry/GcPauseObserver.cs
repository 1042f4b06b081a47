using Prometheus;

namespace RemoteStore.Telemetry;

/// <summary>
/// Records each garbage collection's pauses. An object without references is finalised after the next collection: its finaliser reads what that collection
/// cost and leaves a successor. An EventListener would see the same, for the price of an event session in every process.
/// </summary>
internal sealed class GcPauseObserver : IDisposable
{
    private readonly IHistogram _pauses;
    private readonly Lock _lock = new(); // guards _lastIndex
    private long _lastIndex;
    private volatile bool _stopped;

    public GcPauseObserver(IHistogram pauses)
    {
        _pauses = pauses;
        _lastIndex = GC.GetGCMemoryInfo(GCKind.Any).Index;
        _ = new Sentinel(this);
    }

    public void Dispose() => _stopped = true;

    private void Observe()
    {
        GCMemoryInfo info = GC.GetGCMemoryInfo(GCKind.Any);
        lock (_lock)
        {
            if (info.Index <= _lastIndex)
            {
                return;
            }

            _lastIndex = info.Index;
        }

        foreach (TimeSpan pause in info.PauseDurations)
        {
            if (pause > TimeSpan.Zero)
            {
                _pauses.Observe(pause.TotalSeconds);
            }
        }
    }

    private sealed class Sentinel(GcPauseObserver observer)
    {
        ~Sentinel()
        {
            if (!observer._stopped)
            {
                observer.Observe();
                _ = new Sentinel(observer);
            }
        }
    }
}
