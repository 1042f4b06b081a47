using RemoteStore.Blocks.Merging;
using RemoteStore.Tsdb.Heads;

namespace RemoteStore.Tsdb.Cutting;

/// <summary>What to cut.</summary>
internal enum CutScope
{
    /// <summary>Ranges that are over, once enough has gathered or waited long enough.</summary>
    Ripe,

    /// <summary>All of what ranges that are over hold.</summary>
    Over,

    /// <summary>All of what ranges hold that have ended by the clock, late data still expected or not.</summary>
    Ended,
}

/// <summary>When a tenant's data of a time range becomes a block.</summary>
internal sealed class CutRules(TsdbOptions options, TimeRanges ranges)
{
    /// <summary>
    /// Ranges that end before this time are over for the tenant: its newest sample is past the range's end and the out-of-order window, or the clock is while
    /// the tenant is idle. First millisecond of the first range that is not over.
    /// </summary>
    public long OverBefore(DataAges ages, DateTimeOffset now, CutScope scope)
    {
        long nowMs = now.ToUnixTimeMilliseconds();
        if (scope == CutScope.Ended)
        {
            return ranges.FirstOf(ranges.NumberOf(nowMs));
        }

        long windowMs = (long)options.OutOfOrderWindow.TotalMilliseconds;
        long reached = Behind(ages.NewestMs, windowMs);
        if (nowMs - ages.LastFlushMs >= options.IdleAfter.TotalMilliseconds)
        {
            reached = Math.Max(reached, Behind(nowMs, windowMs));
        }

        return ranges.FirstOf(ranges.NumberOf(reached));
    }

    /// <summary>True when data of a range that is over should not wait for more.</summary>
    /// <param name="sizeBytes">Its bytes in parts.</param>
    /// <param name="gatheredSinceMs">When the oldest of it came.</param>
    /// <param name="now">The moment.</param>
    /// <param name="scope">Only <see cref="CutScope.Ripe"/> ever waits.</param>
    public bool IsRipe(long sizeBytes, long gatheredSinceMs, DateTimeOffset now, CutScope scope) =>
        scope != CutScope.Ripe
        || sizeBytes >= options.CutBytes
        || now.ToUnixTimeMilliseconds() - gatheredSinceMs >= options.CutAfter.TotalMilliseconds;

    private static long Behind(long time, long distance) => time < long.MinValue + distance ? long.MinValue : time - distance;
}
