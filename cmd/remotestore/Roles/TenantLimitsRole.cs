using Prometheus;
using RemoteStore.Downsampler;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Primitives.Threading;
using RemoteStore.Server.Options;
using RemoteStore.Server.Options.Tenants;

namespace RemoteStore.Server.Roles;

/// <summary>
/// The limits of each tenant: those of the options, and what the file of overrides says, which is read again now and then and when the process is told to reload. A
/// file with faults changes nothing.
/// </summary>
internal sealed class TenantLimitsRole : IRole, IReloadable
{
    private readonly RoleContext _context;
    private readonly ReloadableTenantLimits _limits;
    private readonly IReadOnlyList<DownsampleTier> _tiers;
    private readonly ILogger _logger;
    private readonly Gauge _successful;
    private readonly Gauge _tenants;
    private readonly BackgroundLoop _poll;
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private Task _polling = Task.CompletedTask;
    private IReadOnlyDictionary<TenantId, RemoteStoreOptions> _inForce = TenantOverrides.None.Options; // under _reading
    private string _told = ""; // under _reading: faults that the log has

    /// <summary>Reads the file for the first time; its faults were told with those of the options.</summary>
    /// <param name="context">The process.</param>
    public TenantLimitsRole(RoleContext context)
    {
        _context = context;
        _limits = new ReloadableTenantLimits(TenantOptions.LimitsOf(context.Options));
        _tiers = context.Options.Downsampling.ParseTiers();
        _logger = context.Loggers.CreateLogger<TenantLimitsRole>();
        _successful = context.Metrics.Gauge("remotestore_limits_overrides_last_reload_successful", "1 when the file of what tenants have of their own was read without a fault, else 0.");
        _tenants = context.Metrics.Gauge("remotestore_limits_overrides_tenants", "Tenants that have limits of their own.");
        TimeSpan every = context.Options.Limits.OverridesPollInterval;
        _poll = new BackgroundLoop(
            _ => ReloadAsync(),
            every > TimeSpan.Zero ? every : Timeout.InfiniteTimeSpan,
            e => Log.OverridesFailed(_logger, e.Message),
            BackgroundLoop.DefaultRetryDelay,
            context.Time);
        Take(TenantOverrides.Read(context.Options, File.OpenText));
    }

    /// <summary>The limits in force.</summary>
    public ITenantLimitsProvider Limits => _limits;

    /// <summary>Called when a tenant's limits have changed; null = nobody asks.</summary>
    public Action<TenantId>? Changed { get; set; }

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        // Metrics and log tell what is in force.
    }

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        TellGaps("", _context.Options);
        foreach ((TenantId tenant, RemoteStoreOptions own) in _inForce)
        {
            TellGaps($"tenant {tenant}: ", own);
        }

        _polling = Task.Run(() => _poll.RunAsync(_stop.Token), CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ReloadAsync()
    {
        await _reading.WaitAsync();
        try
        {
            var overrides = TenantOverrides.Read(_context.Options, File.OpenText);
            Take(overrides);
            return overrides.Faults;
        }
        finally
        {
            _ = _reading.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _polling;
        _poll.Dispose();
        _stop.Dispose();
        _reading.Dispose();
    }

    private void Take(TenantOverrides overrides)
    {
        string faults = string.Join("; ", overrides.Faults);
        if (faults.Length > 0 && faults != _told)
        {
            Log.OverridesFailed(_logger, faults);
        }

        _told = faults;
        _successful.Set(faults.Length == 0 ? 1 : 0);
        if (faults.Length > 0)
        {
            return;
        }

        IReadOnlyDictionary<TenantId, RemoteStoreOptions> before = _inForce;
        TenantId[] changed =
        [
            .. before.Keys.Union(overrides.Options.Keys)
                .Where(tenant => before.GetValueOrDefault(tenant, _context.Options) != overrides.Options.GetValueOrDefault(tenant, _context.Options)).Order(),
        ];
        _inForce = overrides.Options;
        _limits.Replace(overrides.Options.Select(static own => KeyValuePair.Create(own.Key, TenantOptions.LimitsOf(own.Value))));
        _tenants.Set(overrides.Options.Count);
        foreach (TenantId tenant in changed)
        {
            Log.OverridesChanged(_logger, tenant.Name);
            TellGaps($"tenant {tenant}: ", overrides.Options.GetValueOrDefault(tenant, _context.Options));
            Changed?.Invoke(tenant);
        }
    }

    private void TellGaps(string whose, RemoteStoreOptions options)
    {
        foreach (string gap in TierGaps.Of(TenantOptions.LimitsOf(options).Retention, _tiers))
        {
            Log.TierGap(_logger, whose + gap);
        }
    }
}
