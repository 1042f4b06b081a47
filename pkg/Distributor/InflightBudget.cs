namespace RemoteStore.Distributor;

/// <summary>Bytes of requests that are held at the moment, bounded. Safe for concurrent use.</summary>
internal sealed class InflightBudget(long limitBytes)
{
    private long _used;

    /// <summary>Bytes held now.</summary>
    public long UsedBytes => Volatile.Read(ref _used);

    /// <summary>Takes bytes out of the budget; false when they are not there.</summary>
    public bool TryTake(long sizeBytes)
    {
        if (Interlocked.Add(ref _used, sizeBytes) <= limitBytes)
        {
            return true;
        }

        Interlocked.Add(ref _used, -sizeBytes);
        return false;
    }

    /// <summary>Puts bytes back.</summary>
    public void Release(long sizeBytes) => Interlocked.Add(ref _used, -sizeBytes);
}
