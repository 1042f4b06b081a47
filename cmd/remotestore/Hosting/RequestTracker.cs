namespace RemoteStore.Server.Hosting;

/// <summary>Counts requests that are being served, for the drain at shutdown. Safe for concurrent use.</summary>
internal sealed class RequestTracker
{
    private int _inFlight;

    /// <summary>Requests being served now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>A request has begun.</summary>
    public void Begin() => Interlocked.Increment(ref _inFlight);

    /// <summary>A request has ended.</summary>
    public void End() => Interlocked.Decrement(ref _inFlight);
}
