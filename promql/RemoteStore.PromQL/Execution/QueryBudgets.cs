using RemoteStore.Model;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.PromQL.Execution;

/// <summary>What all queries of an engine may hold together, and those of each tenant. Safe for concurrent use.</summary>
internal sealed class QueryBudgets(EngineOptions options)
{
    private readonly Dictionary<TenantId, Share> _tenants = []; // only those with queries under way
    private readonly Lock _lock = new(); // guards _tenants and Share.Users

    /// <summary>Of all tenants.</summary>
    public MemoryBudget Total { get; } = new(EngineOptions.MaxTotalMemoryOption, options.MaxTotalMemoryBytes);

    /// <summary>The budget of a tenant for the time of a query, which ends with the lease.</summary>
    public Lease Open(TenantId tenant)
    {
        lock (_lock)
        {
            if (!_tenants.TryGetValue(tenant, out Share? share))
            {
                long bytes = options.MaxTenantMemoryBytes > 0 ? options.MaxTenantMemoryBytes : long.MaxValue;
                _tenants[tenant] = share = new Share(new MemoryBudget(EngineOptions.MaxTenantMemoryOption, bytes, Total));
            }

            share.Users++;
            return new Lease(this, tenant, share.Budget);
        }
    }

    private void Close(TenantId tenant)
    {
        lock (_lock)
        {
            if (--_tenants[tenant].Users == 0)
            {
                _tenants.Remove(tenant);
            }
        }
    }

    /// <summary>The budget of one query's tenant.</summary>
    internal readonly struct Lease(QueryBudgets budgets, TenantId tenant, MemoryBudget budget) : IDisposable
    {
        public MemoryBudget Budget => budget;

        public void Dispose() => budgets.Close(tenant);
    }

    private sealed class Share(MemoryBudget budget)
    {
        public MemoryBudget Budget => budget;

        public int Users { get; set; }
    }
}
