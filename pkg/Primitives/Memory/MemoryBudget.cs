namespace RemoteStore.Primitives.Memory;

/// <summary>
/// Bytes that several holders may take together, possibly within a larger budget. It counts and refuses; who takes allocates. Safe for concurrent use.
/// </summary>
/// <param name="name">What the bound is called, for messages.</param>
/// <param name="limitBytes">Most bytes taken at a time.</param>
/// <param name="parent">Budget that what is taken here counts in as well; null for none.</param>
public sealed class MemoryBudget(string name, long limitBytes, MemoryBudget? parent = null)
{
    private long _bytes;
    private long _peak;

    /// <summary>What the bound is called.</summary>
    public string Name => name;

    /// <summary>Most bytes taken at a time.</summary>
    public long LimitBytes => limitBytes;

    /// <summary>Bytes taken now.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Most bytes ever taken.</summary>
    public long PeakBytes => Interlocked.Read(ref _peak);

    /// <summary>Takes bytes here and in all budgets above, or nowhere.</summary>
    /// <param name="bytes">Not below 0.</param>
    /// <returns>Null when they are taken; else the budget that has no room for them.</returns>
    public MemoryBudget? TryTake(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        long before = Interlocked.Read(ref _bytes);
        while (true)
        {
            if (bytes > limitBytes - before)
            {
                return this;
            }

            long seen = Interlocked.CompareExchange(ref _bytes, before + bytes, before);
            if (seen == before)
            {
                break;
            }

            before = seen;
        }

        if (parent?.TryTake(bytes) is { } full)
        {
            Interlocked.Add(ref _bytes, -bytes);
            return full;
        }

        NotePeak(before + bytes);
        return null;
    }

    /// <summary>Gives bytes back, here and in all budgets above.</summary>
    public void Give(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        Interlocked.Add(ref _bytes, -bytes);
        parent?.Give(bytes);
    }

    private void NotePeak(long bytes)
    {
        long peak = Interlocked.Read(ref _peak);
        while (bytes > peak)
        {
            long seen = Interlocked.CompareExchange(ref _peak, bytes, peak);
            if (seen == peak)
            {
                return;
            }

            peak = seen;
        }
    }
}
