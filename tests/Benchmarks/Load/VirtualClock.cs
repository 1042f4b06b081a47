namespace RemoteStore.Benchmarks.Load;

/// <summary>
/// The time of the samples: a scrape every 15 s, all in the past, ending near now. The span lies within one UTC day, because a server that indexes by
/// day would otherwise do in a minute what it does once a day.
/// </summary>
internal sealed class VirtualClock
{
    /// <summary>Milliseconds between two scrapes of a target.</summary>
    public const long ScrapeIntervalMs = 15_000;

    private readonly long _startMs;

    public VirtualClock(TimeProvider time, TimeSpan span)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset midnight = new(now.Date, TimeSpan.Zero);
        DateTimeOffset end = now - span < midnight && span < TimeSpan.FromDays(1) ? midnight : now;
        _startMs = (end - span).ToUnixTimeMilliseconds();
        Rounds = (int)(span.TotalMilliseconds / ScrapeIntervalMs);
    }

    /// <summary>Scrapes that fit.</summary>
    public int Rounds { get; }

    /// <summary>When a round begins; all its samples are within the interval after it.</summary>
    public long RoundStartMs(int round) => _startMs + (round * ScrapeIntervalMs);
}
