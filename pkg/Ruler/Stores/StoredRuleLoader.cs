using Microsoft.Extensions.Logging;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Ruler.Scheduling;

namespace RemoteStore.Ruler.Stores;

/// <summary>
/// Keeps the stored groups of all tenants in evaluation: at the start, after a change by the rule API, and when another process changed them. While object storage
/// does not answer, the rules in force stay.
/// </summary>
public sealed class StoredRuleLoader : IAsyncDisposable
{
    private static readonly TimeSpan s_retryDelay = TimeSpan.FromSeconds(30); // rules that could not be loaded are not evaluated

    private readonly RuleGroupStore _store;
    private readonly RuleScheduler _scheduler;
    private readonly RulerOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _loading = new(1, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<TenantId> _loaded = []; // guarded by _loading
    private Task _watch = Task.CompletedTask;

    /// <summary>Creates a loader.</summary>
    /// <param name="store">Where groups are.</param>
    /// <param name="scheduler">Evaluates them.</param>
    /// <param name="options">How often to look.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Where faults go.</param>
    public StoredRuleLoader(RuleGroupStore store, RuleScheduler scheduler, RulerOptions options, TimeProvider time, ILogger<StoredRuleLoader> logger)
    {
        _store = store;
        _scheduler = scheduler;
        _options = options;
        _time = time;
        _logger = logger;
    }

    /// <summary>Loads all groups and begins to look for changes.</summary>
    public async Task StartAsync()
    {
        bool isLoaded = (await ReloadAsync()).Count == 0;
        _watch = _options.StoredPollInterval > TimeSpan.Zero ? Task.Run(() => WatchAsync(isLoaded)) : Task.CompletedTask;
    }

    /// <summary>Loads the groups of all tenants.</summary>
    /// <returns>All that is wrong; empty when what is stored is in force.</returns>
    public async Task<IReadOnlyList<string>> ReloadAsync()
    {
        var faults = new List<string>();
        try
        {
            IReadOnlyList<TenantId> stored = await _store.TenantsAsync(_stop.Token);
            foreach (TenantId tenant in stored.Union(_scheduler.Tenants))
            {
                faults.AddRange(await RefreshAsync(tenant));
            }
        }
        catch (BucketException e)
        {
            faults.Add(e.Message);
            _logger.RulesNotLoaded(e.Message);
        }

        _scheduler.Metrics.Loaded(RuleOrigin.Api, faults.Count == 0, _time.GetUtcNow());
        return faults;
    }

    /// <summary>Loads the groups of one tenant.</summary>
    /// <returns>All that is wrong; groups without faults are in force.</returns>
    public async Task<IReadOnlyList<string>> RefreshAsync(TenantId tenant)
    {
        await _loading.WaitAsync(_stop.Token);
        try
        {
            StoredRules rules = await _store.ListAsync(tenant, _stop.Token);
            await _scheduler.ReplaceAsync(tenant, RuleOrigin.Api, rules.Groups, restore: _loaded.Add(tenant));
            foreach (string fault in rules.Faults)
            {
                _logger.RulesNotLoaded($"tenant {tenant}: {fault}");
            }

            return rules.Faults;
        }
        catch (BucketException e)
        {
            _logger.RulesNotLoaded($"tenant {tenant}: {e.Message}");
            return [e.Message];
        }
        finally
        {
            _loading.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watch;
        _stop.Dispose();
    }

    private async Task WatchAsync(bool isLoaded)
    {
        try
        {
            while (true)
            {
                await Task.Delay(isLoaded || s_retryDelay > _options.StoredPollInterval ? _options.StoredPollInterval : s_retryDelay, _time, _stop.Token);
                isLoaded = (await ReloadAsync()).Count == 0;
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Asked to end.
        }
    }
}
