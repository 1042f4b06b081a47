using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RemoteStore.Model;
using RemoteStore.PromQL.Service;
using RemoteStore.Ruler.Evaluation;
using RemoteStore.Ruler.Files;
using RemoteStore.Ruler.Notifying;
using RemoteStore.Storage.Appending;
using RemoteStore.Telemetry;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Ruler.Scheduling;

/// <summary>Evaluates the rule groups of all tenants at their times. Safe for concurrent use.</summary>
public sealed class RuleScheduler : IAsyncDisposable
{
    private readonly RulerOptions _options;
    private readonly string _externalUrl;
    private readonly IQueryService _queries;
    private readonly IQueryable _storage;
    private readonly IAppender _appender;
    private readonly INotifier _notifier;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<TenantId, TenantGroups> _tenants = new();
    private volatile bool _closed;

    /// <summary>Creates a scheduler without groups.</summary>
    /// <param name="options">When to evaluate; valid.</param>
    /// <param name="externalUrl">Address of this installation as users reach it.</param>
    /// <param name="queries">Answers the queries of rules.</param>
    /// <param name="storage">Where the state of alerts is read after a restart.</param>
    /// <param name="appender">Takes what rules write.</param>
    /// <param name="notifier">Tells alerts.</param>
    /// <param name="registry">Where metrics go.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Where failures go.</param>
    public RuleScheduler(
        RulerOptions options,
        string externalUrl,
        IQueryService queries,
        IQueryable storage,
        IAppender appender,
        INotifier notifier,
        MetricsRegistry registry,
        TimeProvider time,
        ILogger<RuleScheduler> logger)
    {
        _options = options;
        _externalUrl = externalUrl;
        _queries = queries;
        _storage = storage;
        _appender = appender;
        _notifier = notifier;
        _time = time;
        _logger = logger;
        Metrics = new RulerMetrics(registry);
    }

    internal RulerMetrics Metrics { get; }

    /// <summary>Tenants that have had groups.</summary>
    public IEnumerable<TenantId> Tenants => _tenants.Keys;

    /// <summary>All groups of a tenant, by file, then name.</summary>
    public IReadOnlyList<GroupStatus> Groups(TenantId tenant) => _tenants.TryGetValue(tenant, out TenantGroups? groups) ? groups.Groups : [];

    /// <summary>Replaces the groups of a tenant that come from one origin. Groups that are the same go on as if nothing had happened.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="origin">Where they come from.</param>
    /// <param name="groups">All that there are now.</param>
    /// <param name="restore">True when alerts may have been active before a restart.</param>
    /// <exception cref="OperationCanceledException">The process ends.</exception>
    public Task ReplaceAsync(TenantId tenant, RuleOrigin origin, IReadOnlyList<RuleGroup> groups, bool restore)
    {
        ArgumentNullException.ThrowIfNull(groups);
        if (_closed)
        {
            throw new OperationCanceledException("the process ends");
        }

        return groups.Count == 0 && !_tenants.ContainsKey(tenant)
            ? Task.CompletedTask
            : _tenants.GetOrAdd(tenant, Create).ReplaceAsync(origin, groups, restore);
    }

    /// <summary>Ends all evaluations. Whoever replaces groups has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_closed)
        {
            _closed = true;
            await Task.WhenAll(_tenants.Values.Select(static groups => groups.DisposeAsync().AsTask()));
        }
    }

    private TenantGroups Create(TenantId tenant)
    {
        var environment = new RuleEnvironment(tenant, _queries, new RuleSink(tenant, _appender), _time)
        {
            ExternalLabels = _options.ExternalLabelPairs,
            ExternalUrl = _externalUrl,
            QueryOffset = _options.QueryOffset,
            Observer = new RuleObserver(tenant, _options, _externalUrl, _notifier, Metrics, _logger),
        };
        return new TenantGroups(new TenantContext(environment, _options, _storage, new SemaphoreSlim(_options.MaxConcurrency), Metrics, _logger));
    }
}
