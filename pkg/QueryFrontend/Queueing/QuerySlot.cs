namespace RemoteStore.QueryFrontend.Queueing;

/// <summary>The right to compute one query. Dispose it to give it back; doing so again does nothing.</summary>
/// <param name="owner">Where it comes from.</param>
/// <param name="queue">Whose it is.</param>
internal sealed class QuerySlot(FairQueue owner, TenantQueue queue) : IDisposable
{
    private TenantQueue? _queue = queue;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _queue, null) is { } held)
        {
            owner.Release(held);
        }
    }
}
