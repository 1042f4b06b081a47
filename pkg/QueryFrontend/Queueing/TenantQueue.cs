using RemoteStore.Model;

namespace RemoteStore.QueryFrontend.Queueing;

/// <summary>Queries of one tenant that wait, and how many slots it has. Used under the lock of the <see cref="FairQueue"/>.</summary>
internal sealed class TenantQueue
{
    public TenantQueue(TenantId tenant)
    {
        Tenant = tenant;
        Turn = new LinkedListNode<TenantQueue>(this);
    }

    /// <summary>Whose.</summary>
    public TenantId Tenant { get; }

    /// <summary>Slots it has.</summary>
    public int Running { get; set; }

    /// <summary>Queries that wait, oldest first.</summary>
    public LinkedList<QueryWaiter> Waiters { get; } = new();

    /// <summary>Its place among the tenants that wait.</summary>
    public LinkedListNode<TenantQueue> Turn { get; }
}
