using RemoteStore.Model;

namespace RemoteStore.Querier.Sources;

/// <summary>Turns at something, of which a tenant may have some and all tenants together may have more. Safe for concurrent use.</summary>
internal sealed class TenantSlots(int perTenant, int total) : IDisposable
{
    private readonly Dictionary<TenantId, Turns> _tenants = []; // only those that have or await a turn
    private readonly Lock _lock = new(); // guards _tenants and Turns.Users
    private readonly SemaphoreSlim _total = new(total, total);

    /// <summary>Waits for a turn, first at the tenant's own, so that a tenant that waits keeps nobody else from one.</summary>
    /// <returns>The turn, ended by disposing it.</returns>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    public async ValueTask<IDisposable> EnterAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        Turns turns = Join(tenant);
        bool own = false;
        try
        {
            await turns.Semaphore.WaitAsync(cancellationToken).ConfigureAwait(false);
            own = true;
            await _total.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new Turn(this, tenant, turns);
        }
        catch
        {
            Leave(tenant, turns, own);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _total.Dispose();

    private Turns Join(TenantId tenant)
    {
        lock (_lock)
        {
            if (!_tenants.TryGetValue(tenant, out Turns? turns))
            {
                _tenants[tenant] = turns = new Turns(perTenant);
            }

            turns.Users++;
            return turns;
        }
    }

    private void Leave(TenantId tenant, Turns turns, bool hadTurn)
    {
        if (hadTurn)
        {
            _ = turns.Semaphore.Release();
        }

        lock (_lock)
        {
            if (--turns.Users == 0)
            {
                _ = _tenants.Remove(tenant);
                turns.Semaphore.Dispose();
            }
        }
    }

    private sealed class Turns(int count)
    {
        public SemaphoreSlim Semaphore { get; } = new(count, count);

        public int Users { get; set; }
    }

    private sealed class Turn(TenantSlots slots, TenantId tenant, Turns turns) : IDisposable
    {
        private int _ended;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _ended, 1) == 0)
            {
                _ = slots._total.Release();
                slots.Leave(tenant, turns, hadTurn: true);
            }
        }
    }
}
