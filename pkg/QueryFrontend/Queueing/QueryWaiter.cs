namespace RemoteStore.QueryFrontend.Queueing;

/// <summary>A query that waits for a slot.</summary>
internal sealed class QueryWaiter
{
    public QueryWaiter(TenantQueue queue)
    {
        Queue = queue;
        Node = new LinkedListNode<QueryWaiter>(this);
    }

    /// <summary>Where it waits.</summary>
    public TenantQueue Queue { get; }

    /// <summary>Its place there; in no list once it has its slot or gave up.</summary>
    public LinkedListNode<QueryWaiter> Node { get; }

    /// <summary>Completed under the lock of the <see cref="FairQueue"/>, so that continuations must not run inside.</summary>
    public TaskCompletionSource<QuerySlot> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
