using Prometheus;
using RemoteStore.Server.Roles;

namespace RemoteStore.Server.Hosting;

/// <summary>
/// What SIGHUP and <c>/-/reload</c> do: roles take what they can take while they run, and the options, which are in force from start to end, are checked, so that it is known
/// whether the next start would take them.
/// </summary>
internal sealed class ConfigReload : IDisposable
{
    private readonly RoleContext _context;
    private readonly IReadOnlyList<IReloadable> _roles;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _reloading = new(1, 1);
    private readonly Gauge _successful;
    private readonly Gauge _succeededAt;

    /// <summary>Creates it.</summary>
    /// <param name="context">What the process is made of.</param>
    /// <param name="roles">Those of the roles that take changes.</param>
    /// <param name="logger">Where faults go.</param>
    public ConfigReload(RoleContext context, IReadOnlyList<IReloadable> roles, ILogger logger)
    {
        _context = context;
        _roles = roles;
        _logger = logger;
        _successful = context.Metrics.Gauge("remotestore_config_last_reload_successful", "1 when the last reload found no fault, else 0.");
        _succeededAt = context.Metrics.Gauge("remotestore_config_last_reload_success_timestamp_seconds", "When a reload, or the start, last found no fault.");
        Report(successful: true);
    }

    /// <summary>Reloads.</summary>
    /// <returns>All faults; empty when everything is in force or would be with the next start.</returns>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        await _reloading.WaitAsync();
        try
        {
            var found = new List<string>(_context.CheckOptions());
            if (_context.Readiness.IsReady)
            {
                foreach (IReloadable role in _roles)
                {
                    found.AddRange(await role.ReloadAsync());
                }
            }

            string[] faults = [.. found.Distinct(StringComparer.Ordinal)]; // of a file that both look at
            Report(faults.Length == 0);
            Log.Reloaded(_logger, faults.Length);
            return faults;
        }
        finally
        {
            _reloading.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reloading.Dispose();

    private void Report(bool successful)
    {
        _successful.Set(successful ? 1 : 0);
        if (successful)
        {
            _succeededAt.Set(_context.Time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0);
        }
    }
}
