using RemoteStore.Model;

namespace RemoteStore.Compactor;

/// <summary>How a tenant's work went, and when it is its turn again.</summary>
internal sealed class TenantTurn(TenantId tenant, TenantCompactor compactor)
{
    private int _failures;

    /// <summary>Whose.</summary>
    public TenantId Tenant => tenant;

    /// <summary>Its work.</summary>
    public TenantCompactor Compactor => compactor;

    /// <summary>Steps of the current round.</summary>
    public int Steps { get; set; }

    /// <summary>When it may be tried again, milliseconds since the Unix epoch.</summary>
    public long NotBeforeMs { get; private set; }

    /// <summary>When all of its work last succeeded; 0 = not yet.</summary>
    public long LastSuccessMs { get; private set; }

    /// <summary>Why the last try did not succeed; empty when it did.</summary>
    public string LastError { get; private set; } = "";

    /// <summary>Begins a round.</summary>
    public void BeginRound()
    {
        Steps = 0;
        compactor.BeginRound();
    }

    /// <summary>All work is done.</summary>
    public void Succeeded(long nowMs)
    {
        _failures = 0;
        LastError = "";
        LastSuccessMs = nowMs;
        NotBeforeMs = 0;
    }

    /// <summary>It did not succeed.</summary>
    /// <returns>How long to wait.</returns>
    public TimeSpan Failed(Exception why, long nowMs, CompactorOptions options)
    {
        LastError = why.Message;
        double seconds = options.RetryDelay.TotalSeconds * Math.Pow(2, Math.Min(_failures++, 30));
        var wait = TimeSpan.FromSeconds(Math.Min(seconds, options.MaxRetryDelay.TotalSeconds));
        NotBeforeMs = nowMs + (long)wait.TotalMilliseconds;
        return wait;
    }
}
