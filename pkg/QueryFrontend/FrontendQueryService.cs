using System.Globalization;
using RemoteStore.Limits;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;
using RemoteStore.QueryFrontend.Analysis;
using RemoteStore.QueryFrontend.Caching;
using RemoteStore.QueryFrontend.Queueing;
using RemoteStore.QueryFrontend.Splitting;
using RemoteStore.Storage.Querying;
using RemoteStore.Telemetry;

namespace RemoteStore.QueryFrontend;

/// <summary>
/// Stands in front of what computes queries: lets them wait in turn, joins equal ones, cuts long ones, keeps answers. Its answers are those of one evaluation by
/// the querier. Safe for concurrent use.
/// </summary>
public sealed class FrontendQueryService : IQueryService, IAsyncDisposable
{
    // Beyond, steps and times are the engine's to refuse.
    private const long MaxTimeMs = 1L << 60;
    private const long MaxSteps = 1L << 20;

    private readonly IQueryService _querier;
    private readonly EngineOptions _engine;
    private readonly ITenantLimitsProvider _limits;
    private readonly TimeProvider _time;
    private readonly QueryFrontendMetrics _metrics;
    private readonly FairQueue _queue;
    private readonly InFlightQueries _inFlight;
    private readonly RangeQueryParts _parts;

    /// <summary>Creates the service.</summary>
    /// <param name="querier">Computes.</param>
    /// <param name="versions">Tells what was written; of the store that the querier reads.</param>
    /// <param name="options">How queries wait, are cut and kept.</param>
    /// <param name="engine">The querier's options.</param>
    /// <param name="limits">Limits of tenants.</param>
    /// <param name="registry">Where metrics are created.</param>
    /// <param name="time">The clock.</param>
    public FrontendQueryService(
        IQueryService querier,
        IWriteVersions versions,
        QueryFrontendOptions options,
        EngineOptions engine,
        ITenantLimitsProvider limits,
        MetricsRegistry registry,
        TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        _querier = querier;
        _engine = engine;
        _limits = limits;
        _time = time;
        _metrics = new QueryFrontendMetrics(registry);
        _queue = new FairQueue(options.MaxConcurrency, limits, _metrics);
        _inFlight = new InFlightQueries(EvaluateAsync, versions, _metrics);
        IResultsCache? cache = options.ResultsCacheBytes > 0 ? new InMemoryResultsCache(options.ResultsCacheBytes, _metrics) : null;
        _parts = new RangeQueryParts(querier, cache, versions, new PieceRunner(_queue, options.SplitConcurrency), options, _metrics, time);
    }

    /// <inheritdoc/>
    public async ValueTask<QueryResult> QueryAsync(QueryCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        try
        {
            return await _inFlight.RunAsync(call, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new QueryException(QueryErrorKind.Canceled, "query was canceled in expression evaluation", e);
        }
    }

    /// <summary>Cancels what is being computed and waits for its end.</summary>
    public ValueTask DisposeAsync() => _inFlight.DisposeAsync();

    private async Task<QueryResult> EvaluateAsync(QueryCall call, Evaluation evaluation, CancellationToken cancellationToken)
    {
        TenantQueryLimits limits = _limits.For(call.Tenant).Queries;
        long began = _time.GetTimestamp();
        TimeSpan timeout = Least(call.Timeout, call.Request.Timeout, limits.Timeout > TimeSpan.Zero ? limits.Timeout : null, _engine.Timeout);
        using var deadline = new CancellationTokenSource(timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        TimeSpan? waited = null;
        try
        {
            var lookback = (long)(call.Request.LookbackDelta ?? _engine.LookbackDelta).TotalMilliseconds;
            QueryShape? shape = QueryShape.Of(call.Request.Query, lookback);
            CheckLength(call.Request, shape, limits);
            QueryBudget budget = QueryBudget.Of(call.Request.Limits, limits, _engine);
            QueryRequest request = call.Request with
            {
                Limits = budget.Lower(call.Request.Limits),
                Timeout = null,
                MaxSourceResolution = call.Request.MaxSourceResolution ?? limits.MaxSourceResolution,
            };
            call = call with { Request = request, Timeout = timeout };
            RangeQuery? range = CanBeCut(call.Request, shape) ? new RangeQuery(_parts, call, budget, shape!, lookback) : null;
            QuerySlot? slot = _queue.TryEnter(call.Tenant);
            if (slot is null && range is not null)
            {
                // What needs no computing need not wait.
                evaluation.BeginReading(_parts.Versions);
                await range.LookUpAsync(linked.Token).ConfigureAwait(false);
                if (range.FromCache() is { } kept)
                {
                    return kept;
                }

                evaluation.BeginAnew();
            }

            slot ??= await _queue.EnterAsync(call.Tenant, linked.Token).ConfigureAwait(false);
            using (slot)
            {
                waited = _time.GetElapsedTime(began);
                _metrics.Waited(waited.Value);
                evaluation.BeginEvaluation();
                evaluation.BeginReading(_parts.Versions);
                QueryResult result = await ComputeAsync(call, range, linked.Token).ConfigureAwait(false);
                return result with { Statistics = result.Statistics with { QueueTime = waited.Value } };
            }
        }
        catch (Exception e) when ((e is OperationCanceledException or QueryException { Kind: QueryErrorKind.Canceled }) && linked.IsCancellationRequested)
        {
            string where = waited is null ? "query queue" : "expression evaluation";
            throw cancellationToken.IsCancellationRequested
                ? new QueryException(QueryErrorKind.Canceled, $"query was canceled in {where}", e)
                : new QueryException(QueryErrorKind.Timeout, $"query timed out in {where}", e);
        }
        catch (InsufficientExecutionStackException e)
        {
            throw new QueryException(QueryErrorKind.BadQuery, "the query is nested too deeply", e);
        }
    }

    private async ValueTask<QueryResult> ComputeAsync(QueryCall call, RangeQuery? range, CancellationToken cancellationToken)
    {
        if (range is null)
        {
            return await _querier.QueryAsync(call, cancellationToken).ConfigureAwait(false);
        }

        await range.LookUpAsync(cancellationToken).ConfigureAwait(false);
        return range.FromCache() ?? await range.ComputeAsync(cancellationToken).ConfigureAwait(false);
    }

    private static bool CanBeCut(QueryRequest request, QueryShape? shape) =>
        shape is { CanBeCut: true }
        && request is { IsInstant: false, StepMs: > 0 and < MaxTimeMs, StartMs: > -MaxTimeMs, EndMs: < MaxTimeMs }
        && request.EndMs >= request.StartMs
        && (request.EndMs - request.StartMs) / request.StepMs < MaxSteps;

    private static TimeSpan Least(params ReadOnlySpan<TimeSpan?> spans)
    {
        TimeSpan least = TimeSpan.FromDays(1);
        foreach (TimeSpan? span in spans)
        {
            least = span < least ? span.Value : least;
        }

        return least;
    }

    private void CheckLength(QueryRequest request, QueryShape? shape, TenantQueryLimits limits)
    {
        if (limits.MaxLength <= TimeSpan.Zero || shape is null)
        {
            return;
        }

        decimal stepsMs = request.IsInstant ? 0 : (decimal)request.EndMs - request.StartMs;
        decimal longestMs = Math.Max(stepsMs, shape.Reach.LengthMs);
        if (longestMs > (decimal)limits.MaxLength.TotalMilliseconds)
        {
            _metrics.Rejected(RejectReason.QueryLength);
            throw new QueryException(
                QueryErrorKind.Limit,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the query is over {longestMs / 1000} s, the limit is {limits.MaxLength.TotalSeconds} s ({TenantQueryLimits.MaxLengthOption})"));
        }
    }
}
