using System.Globalization;
using RemoteStore.Api.Rules;
using RemoteStore.Limits;
using RemoteStore.Model.Relabeling;
using RemoteStore.ObjectStore;
using RemoteStore.PromQL.Parser;
using RemoteStore.Ruler.Api;
using RemoteStore.Ruler.Files;
using RemoteStore.Ruler.Notifying;
using RemoteStore.Ruler.Scheduling;
using RemoteStore.Ruler.Stores;
using RemoteStore.Server.Hosting;

namespace RemoteStore.Server.Roles;

/// <summary>Evaluates the rules of files and of the rule API over the store, and tells alerts. Starts after the store: its first evaluation finds what was stored.</summary>
internal sealed class RulerRole : IRole, IReloadable
{
    private readonly RoleContext _context;
    private readonly Notifier _notifier;
    private readonly RuleScheduler _scheduler;
    private readonly LoadedRuleFiles _rules;
    private readonly RuleFileLoader _files;
    private readonly StoredRuleLoader _stored;
    private readonly RuleConfigApi _api;

    /// <summary>Creates the role.</summary>
    /// <param name="context">What the process is made of.</param>
    /// <param name="store">What rules read and write.</param>
    /// <param name="bucket">Where the groups of the rule API are.</param>
    /// <exception cref="StartupException">Rule files have faults.</exception>
    public RulerRole(RoleContext context, StoreAccess store, IBucket bucket)
    {
        _context = context;
        RulerOptions options = context.Options.Ruler;
        var fileOptions = new RuleFileOptions { Queries = ParserOptions.Default with { ExperimentalFunctions = context.Options.Query.ExperimentalFunctions } };
        _rules = LoadedRuleFiles.Read(options, fileOptions);
        if (_rules.Faults.Count > 0)
        {
            // A server without alerts that it was given is worse than none. Rules that are stored are another matter: they are those of other tenants.
            throw new StartupException($"rules.files: {_rules.Faults.Count} {(_rules.Faults.Count == 1 ? "fault" : "faults")}:\n  {string.Join("\n  ", _rules.Faults)}");
        }

        _notifier = new Notifier(
            context.Options.Alertmanager,
            options.ExternalLabelPairs,
            RelabelFile.TryRead(context.Options.Alertmanager.RelabelFile, out IReadOnlyList<RelabelConfig> relabeling, out string? fault)
                ? relabeling
                : throw new InvalidOperationException(fault), // checked with the options; changed since
            context.Metrics,
            context.Time,
            context.Loggers.CreateLogger<Notifier>());
        _scheduler = new RuleScheduler(
            options,
            options.ExternalUrl.Length > 0 ? options.ExternalUrl.TrimEnd('/') : OwnUrl(context), // without a slash, as templates see it in Prometheus
            store.Queries,
            store.Samples,
            store.Appender,
            _notifier,
            context.Metrics,
            context.Time,
            context.Loggers.CreateLogger<RuleScheduler>());
        _files = new RuleFileLoader(options, fileOptions, _scheduler, context.Time, context.Loggers.CreateLogger<RuleFileLoader>());
        var groups = new RuleGroupStore(bucket, fileOptions);
        _stored = new StoredRuleLoader(groups, _scheduler, options, context.Time, context.Loggers.CreateLogger<StoredRuleLoader>());
        _api = new RuleConfigApi(
            groups, _stored, fileOptions, new UniformTenantLimits(context.Options.Limits.Defaults), new TenantResolver(context.Options.Multitenancy.Enabled), context.Readiness, context.Loggers.CreateLogger<RuleConfigApi>());
        Directory = new RuleDirectory(_scheduler, _notifier.Addresses, options.EnableApi);
    }

    /// <summary>The rules that are evaluated.</summary>
    public IRuleDirectory Directory { get; }

    /// <inheritdoc/>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        if (_context.Options.Ruler.EnableApi)
        {
            endpoints.MapRuleConfig(_api);
        }
    }

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _context.Readiness.SetStarting("loading rules");
        await _files.StartAsync(_rules);
        await _stored.StartAsync();
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ReloadAsync() => [.. await _files.ReloadAsync(), .. await _stored.ReloadAsync()];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _files.DisposeAsync();
        await _stored.DisposeAsync();
        await _scheduler.DisposeAsync();
        await _notifier.DisposeAsync();
    }

    private static string OwnUrl(RoleContext context) =>
        string.Create(CultureInfo.InvariantCulture, $"http://{Environment.MachineName}:{context.Options.Server.Listen.Port}");
}
