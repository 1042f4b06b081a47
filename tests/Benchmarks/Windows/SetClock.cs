namespace RemoteStore.Benchmarks.Windows;

/// <summary>A clock that stands still where it is set; intervals are measured as usual.</summary>
internal sealed class SetClock(long nowMs) : TimeProvider
{
    private long _nowMs = nowMs;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(_nowMs);

    /// <summary>Sets it to later.</summary>
    public void Advance(TimeSpan by) => _nowMs += (long)by.TotalMilliseconds;
}
