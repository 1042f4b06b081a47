using RemoteStore.BlockStore.Indexing;
using RemoteStore.Model;

namespace RemoteStore.Compactor;

/// <summary>How a tenant's work went, and when it is its turn again. Listings come from another task than steps; the rest is the business of one.</summary>
internal sealed class TenantTurn(TenantId tenant, TenantCompactor compactor)
{
    private readonly Lock _lock = new(); // guards the three fields below
    private BucketIndexUpdate? _listed;
    private bool _isWorking;
    private long _changes; // steps begun and ended: what was listed before one may not be so any more
    private int _failures;

    /// <summary>Whose.</summary>
    public TenantId Tenant => tenant;

    /// <summary>Its work.</summary>
    public TenantCompactor Compactor => compactor;

    /// <summary>Steps of the current round.</summary>
    public int Steps { get; private set; }

    /// <summary>When it may be tried again, milliseconds since the Unix epoch.</summary>
    public long NotBeforeMs { get; private set; }

    /// <summary>Why the last try did not succeed; empty when it did.</summary>
    public string LastError { get; private set; } = "";

    /// <summary>True when it may be tried. After a clock that went back the wait is over: it is never longer than the longest.</summary>
    public bool IsDue(long nowMs, CompactorOptions options) =>
        NotBeforeMs <= nowMs || NotBeforeMs > nowMs + (long)options.MaxRetryDelay.TotalMilliseconds;

    /// <summary>True when the last listing did not succeed, or there was none.</summary>
    public bool IsUnlisted { get; set; } = true;

    /// <summary>To be asked before a listing, and told by <see cref="Listed"/> behind it.</summary>
    public long BeginListing()
    {
        lock (_lock)
        {
            return _changes;
        }
    }

    /// <summary>Keeps a listing for the next step, unless a step has changed something since it began.</summary>
    public void Listed(BucketIndexUpdate update, long began)
    {
        lock (_lock)
        {
            _listed = began == _changes && !_isWorking ? update : null;
        }
    }

    /// <summary>Begins a round.</summary>
    public void BeginRound()
    {
        Steps = 0;
        compactor.BeginRound();
    }

    /// <summary>Does a step.</summary>
    /// <returns>True when there may be more to do in this round.</returns>
    /// <exception cref="IOException">The bucket does not answer as it should, or the local disk does not; what was done stays.</exception>
    public async Task<bool> StepAsync(CancellationToken cancellationToken)
    {
        Steps++;
        BucketIndexUpdate? listed = Work(begins: true);
        try
        {
            return await compactor.StepAsync(listed, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _ = Work(begins: false);
        }
    }

    /// <summary>All work is done.</summary>
    public void Succeeded()
    {
        _failures = 0;
        LastError = "";
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

    private BucketIndexUpdate? Work(bool begins)
    {
        lock (_lock)
        {
            BucketIndexUpdate? listed = _listed;
            _listed = null;
            _isWorking = begins;
            _changes++;
            return listed;
        }
    }
}
