namespace RemoteStore.Tsdb.Heads;

/// <summary>How new a tenant's flushed samples are, and when the latest came: what says which time ranges are over. Safe for concurrent use.</summary>
internal sealed class DataAges
{
    private long _newestMs = long.MinValue;
    private long _lastFlushMs = long.MinValue;

    /// <summary>Time of the newest sample in parts and blocks, milliseconds since the Unix epoch; <see cref="long.MinValue"/> = none.</summary>
    public long NewestMs => Interlocked.Read(ref _newestMs);

    /// <summary>When samples were last written from memory to a part, or the store started.</summary>
    public long LastFlushMs => Interlocked.Read(ref _lastFlushMs);

    /// <summary>Notes samples up to a time.</summary>
    /// <param name="newestMs">Time of the newest of them.</param>
    /// <param name="nowMs">The moment.</param>
    public void Note(long newestMs, long nowMs)
    {
        Raise(ref _newestMs, newestMs);
        Raise(ref _lastFlushMs, nowMs);
    }

    private static void Raise(ref long field, long value)
    {
        long seen = Interlocked.Read(ref field);
        while (seen < value)
        {
            long before = Interlocked.CompareExchange(ref field, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }
}
