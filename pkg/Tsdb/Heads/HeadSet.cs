using System.Collections.Concurrent;
using RemoteStore.Model;
using RemoteStore.Tsdb.Flushing;
using RemoteStore.Tsdb.Memtables;
using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tsdb.Heads;

/// <summary>The heads of all tenants of a store.</summary>
internal sealed class HeadSet : IDisposable
{
    private readonly ConcurrentDictionary<TenantId, TenantHead> _heads = new();
    private readonly Func<TenantId, TenantHead> _create;
    private readonly Lock _creation = new(); // one creation at a time: a head owns files

    public HeadSet(Func<TenantId, TenantHead> create) => _create = create;

    /// <summary>All heads.</summary>
    public IEnumerable<TenantHead> All => _heads.Values;

    /// <summary>The tenant's head, or null when it never wrote.</summary>
    public TenantHead? Find(TenantId tenant) => _heads.TryGetValue(tenant, out TenantHead? head) ? head : null;

    /// <summary>The tenant's head, made when missing.</summary>
    /// <exception cref="IOException">Its folder cannot be made.</exception>
    public TenantHead GetOrCreate(TenantId tenant)
    {
        if (_heads.TryGetValue(tenant, out TenantHead? head))
        {
            return head;
        }

        lock (_creation)
        {
            if (!_heads.TryGetValue(tenant, out head))
            {
                head = _create(tenant);
                _heads[tenant] = head;
            }

            return head;
        }
    }

    /// <summary>Opens a tenant at start; different tenants may be opened at once.</summary>
    public void LoadExisting(TenantId tenant) => _heads[tenant] = _create(tenant);

    /// <summary>Freezes the memtables of every tenant that has rows, in order of tenant name.</summary>
    public List<FrozenHead> Freeze()
    {
        var frozen = new List<FrozenHead>();
        foreach (TenantHead head in _heads.Values.OrderBy(static h => h.Tenant))
        {
            lock (head.Lock)
            {
                Memtable[] memtables = head.Freeze();
                if (memtables.Length > 0)
                {
                    frozen.Add(new FrozenHead(head, memtables));
                }
            }
        }

        return frozen;
    }

    /// <summary>Makes series durable that the log is about to name. Called before each commit of the log.</summary>
    public void AppendPendingSeries()
    {
        foreach ((_, TenantHead head) in _heads)
        {
            head.Series.AppendPending();
        }
    }

    /// <summary>See <see cref="TenantHead.ForgetNewest"/>.</summary>
    public void ForgetNewest()
    {
        foreach ((_, TenantHead head) in _heads)
        {
            head.ForgetNewest();
        }
    }

    /// <summary>Saves exemplars and metadata of tenants where they changed.</summary>
    public void SaveSideData()
    {
        foreach ((_, TenantHead head) in _heads)
        {
            head.SaveSideData();
        }
    }

    /// <summary>The oldest log position still needed, at most <paramref name="limit"/>.</summary>
    public WalPosition OldestPosition(WalPosition limit)
    {
        WalPosition oldest = limit;
        foreach ((_, TenantHead head) in _heads)
        {
            lock (head.Lock)
            {
                if (head.OldestPosition is { } position && position.CompareTo(oldest) < 0)
                {
                    oldest = position;
                }
            }
        }

        return oldest;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach ((_, TenantHead head) in _heads)
        {
            head.Dispose();
        }
    }
}
