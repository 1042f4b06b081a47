using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RemoteStore.Model;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using RemoteStore.Storage;

namespace RemoteStore.Querier.Monitoring;

/// <summary>
/// Watches the queries of another service: lists and cancels those under way, remembers those that ended, counts all and logs slow ones. What it costs is
/// paid once per query. Safe for concurrent use.
/// </summary>
public sealed class MonitoredQueryService : IQueryService, IQueryMonitor
{
    private readonly IQueryService _inner;
    private readonly QueryMonitorOptions _options;
    private readonly QuerierMetrics _metrics;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly QueryHistory _history;
    private readonly ConcurrentDictionary<string, RunningQuery> _running = new(StringComparer.Ordinal);
    private readonly string _process = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)); // an id of before a restart names nothing after it
    private long _lastId;

    /// <summary>Creates the decorator.</summary>
    /// <param name="inner">What answers the queries.</param>
    /// <param name="options">What is logged and remembered.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="logger">Takes slow queries.</param>
    /// <param name="time">The clock.</param>
    public MonitoredQueryService(
        IQueryService inner, QueryMonitorOptions options, QuerierMetrics metrics, ILogger<MonitoredQueryService> logger, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(metrics);
        ArgumentNullException.ThrowIfNull(logger);
        ArgumentNullException.ThrowIfNull(time);
        _inner = inner;
        _options = options;
        _metrics = metrics;
        _logger = logger;
        _time = time;
        _history = new QueryHistory(options.RememberedBytes);
    }

    /// <inheritdoc/>
    public async ValueTask<QueryResult> QueryAsync(QueryCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        using RunningQuery running = Begin(call, cancellationToken);
        QueryOutcome outcome = QueryOutcome.Failed(QueryOutcome.Internal);
        try
        {
            QueryResult result = await _inner.QueryAsync(running.Call, running.Token).ConfigureAwait(false);
            outcome = QueryOutcome.Answered(result);
            return result;
        }
        catch (QueryException e)
        {
            outcome = QueryOutcome.Failed(e.Kind);
            throw;
        }
        catch (OperationCanceledException e) when (running.Token.IsCancellationRequested)
        {
            outcome = QueryOutcome.Failed(QueryErrorKind.Canceled);
            throw new QueryException(QueryErrorKind.Canceled, "query was canceled", e);
        }
        catch (StorageUnavailableException)
        {
            outcome = QueryOutcome.Failed(QueryOutcome.Unavailable);
            throw;
        }
        finally
        {
            End(running, outcome);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<ActiveQuery> Active(TenantId tenant) =>
    [
        .. _running.Values
            .Where(running => running.Call.Tenant == tenant)
            .OrderBy(static running => running.StartedTimestamp)
            .ThenBy(static running => running.Id.Length)
            .ThenBy(static running => running.Id, StringComparer.Ordinal)
            .Select(running => new ActiveQuery(
                running.Id, running.Call, running.StartedMs, _time.GetElapsedTime(running.StartedTimestamp), running.IsQueued)),
    ];

    /// <inheritdoc/>
    public bool Cancel(TenantId tenant, string id) =>
        id is not null && _running.TryGetValue(id, out RunningQuery? running) && running.Call.Tenant == tenant && running.Cancel();

    /// <inheritdoc/>
    public IReadOnlyList<TopQuery> Top(TenantId tenant, TopQueryOrder order, int limit, TimeSpan window)
    {
        double since = _time.GetUtcNow().ToUnixTimeMilliseconds() - window.TotalMilliseconds;
        return TopQueries.Of(_history.Since(tenant, (long)since), order, limit);
    }

    private RunningQuery Begin(QueryCall call, CancellationToken cancellationToken)
    {
        string id = string.Create(CultureInfo.InvariantCulture, $"{_process}-{Interlocked.Increment(ref _lastId)}");
        var running = new RunningQuery(id, call, _time.GetUtcNow().ToUnixTimeMilliseconds(), _time.GetTimestamp(), cancellationToken);
        _running[id] = running;
        _metrics.QueryStarted();
        return running;
    }

    private void End(RunningQuery running, QueryOutcome outcome)
    {
        _ = _running.TryRemove(running.Id, out _);
        TimeSpan elapsed = _time.GetElapsedTime(running.StartedTimestamp);
        _metrics.QueryEnded(running.Call.Request.IsInstant, outcome, elapsed);
        _history.Add(
            running.Call.Tenant,
            FinishedQuery.Of(running.Call, outcome, _time.GetUtcNow().ToUnixTimeMilliseconds(), elapsed, _options.MaxTextLength));
        if (_options.LogSlowerThan > TimeSpan.Zero && elapsed >= _options.LogSlowerThan)
        {
            _metrics.SlowQuery();
            if (_logger.IsEnabled(LogLevel.Warning))
            {
                LogSlow(running.Call, outcome, elapsed);
            }
        }
    }

    private void LogSlow(QueryCall call, QueryOutcome outcome, TimeSpan elapsed)
    {
        const int maxNameLength = 200;
        Log.SlowQuery(
            _logger,
            call.Tenant.Name,
            elapsed.TotalMilliseconds,
            outcome.Failure ?? "answered",
            FinishedQuery.Cut(call.Request.Query, _options.MaxTextLength),
            call.Request.StartMs,
            call.Request.EndMs,
            call.Request.StepMs,
            outcome.Result?.Statistics.QueueTime.TotalMilliseconds ?? 0,
            outcome.Samples,
            outcome.Result?.Statistics.SeriesRead ?? 0,
            outcome.PeakBytes,
            FinishedQuery.Cut(call.Origin.DashboardUid, maxNameLength),
            FinishedQuery.Cut(call.Origin.PanelId, maxNameLength),
            FinishedQuery.Cut(call.Origin.UserAgent, maxNameLength),
            call.Origin.RemoteAddress,
            PlanText.Of(call.Request.Query, outcome.Result));
    }
}
