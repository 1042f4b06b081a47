namespace RemoteStore.Telemetry;

/// <summary>Where a process is in its life.</summary>
public enum ReadinessState : byte
{
    /// <summary>Loading and replaying; not yet serving.</summary>
    Starting = 0,

    /// <summary>Serving.</summary>
    Ready = 1,

    /// <summary>Draining; will not serve again.</summary>
    Stopping = 2,
}

/// <summary>A state with the reason for it, in words for whoever reads the health page.</summary>
public sealed record ReadinessStatus(ReadinessState State, string Reason)
{
    /// <summary>True when requests are served.</summary>
    public bool IsReady => State == ReadinessState.Ready;
}

/// <summary>Whether the process serves, set by the host and by the store while it loads. Safe for concurrent use.</summary>
public sealed class Readiness
{
    private readonly Lock _lock = new(); // orders transitions; readers take none
    private volatile ReadinessStatus _current = new(ReadinessState.Starting, "starting");

    /// <summary>The state now.</summary>
    public ReadinessStatus Current => _current;

    /// <summary>True when requests are served.</summary>
    public bool IsReady => _current.IsReady;

    /// <summary>Says how far the start is. No effect once stopping.</summary>
    public void SetStarting(string reason) => Set(ReadinessState.Starting, reason);

    /// <summary>From now on requests are served. No effect once stopping.</summary>
    public void SetReady() => Set(ReadinessState.Ready, "ready");

    /// <summary>No more requests; final.</summary>
    public void SetStopping(string reason) => Set(ReadinessState.Stopping, reason);

    private void Set(ReadinessState state, string reason)
    {
        lock (_lock)
        {
            if (_current.State != ReadinessState.Stopping)
            {
                _current = new ReadinessStatus(state, reason);
            }
        }
    }
}
