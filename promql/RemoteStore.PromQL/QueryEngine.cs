using System.Diagnostics;
using RemoteStore.Model;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Planning;
using RemoteStore.PromQL.Results;
using RemoteStore.Storage.Querying;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.PromQL;

/// <summary>Evaluates PromQL as of Prometheus 3.14 over whatever holds samples. Safe for concurrent use.</summary>
public sealed class QueryEngine
{
    private readonly EngineOptions _options;
    private readonly ParserOptions _parser;
    private readonly TimeProvider _time;
    private readonly ColumnPools _pools = new();
    private readonly PlanCache _plans;
    private readonly QueryBudgets _budgets;
    private long _unreturnedBytes;

    /// <summary>Creates an engine.</summary>
    public QueryEngine(EngineOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        _options = options;
        _parser = ParserOptions.Default with { ExperimentalFunctions = options.ExperimentalFunctions };
        _time = time;
        _budgets = new QueryBudgets(options);
        _plans = new PlanCache(options.MaxCachedPlans, options.MaxCachedPlanBytes);
    }

    /// <summary>Columns of all queries.</summary>
    internal ColumnPools Pools => _pools;

    /// <summary>Bytes that queries counted as held when they were over: 0, or something leaks.</summary>
    internal long UnreturnedBytes => Interlocked.Read(ref _unreturnedBytes);

    /// <summary>Bytes that queries under way hold together, as counted by their bound.</summary>
    public long MemoryBytes => _budgets.Total.Bytes;

    /// <summary>Most bytes that queries ever held together.</summary>
    public long PeakMemoryBytes => _budgets.Total.PeakBytes;

    /// <summary>How often a query had been prepared before, since the engine began.</summary>
    public long PlanCacheHits => _plans.Hits;

    /// <summary>How often a query had to be parsed and optimised, since the engine began.</summary>
    public long PlanCacheMisses => _plans.Misses;

    /// <summary>Evaluates a query.</summary>
    /// <param name="tenant">Whose data.</param>
    /// <param name="storage">Where samples are.</param>
    /// <param name="request">The query.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    /// <exception cref="QueryException">There is no answer.</exception>
    /// <exception cref="Storage.StorageUnavailableException">The store is starting or stopping.</exception>
    public async ValueTask<QueryResult> QueryAsync(TenantId tenant, IQueryable storage, QueryRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(request);
        EngineOptions options = request.Limits?.Lower(_options) ?? _options;
        using var timeout = new CancellationTokenSource(TimeoutOf(request), _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await PartialReads.RunAsync(storage, request.AllowPartial, view => AssumeAsync(tenant, view, request, options, linked.Token)).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (linked.IsCancellationRequested)
        {
            throw cancellationToken.IsCancellationRequested
                ? new QueryException(QueryErrorKind.Canceled, "query was canceled in expression evaluation", e)
                : new QueryException(QueryErrorKind.Timeout, "query timed out in expression evaluation", e);
        }
        catch (IOException e) when (e is not Storage.StorageUnavailableException)
        {
            throw new QueryException(QueryErrorKind.Storage, e.Message, e);
        }
        catch (Storage.Querying.ReadLimitException e)
        {
            throw new QueryException(QueryErrorKind.Limit, e.Message, e);
        }
        catch (InsufficientExecutionStackException e)
        {
            throw new QueryException(QueryErrorKind.BadQuery, "the query is nested too deeply", e);
        }
    }

    private TimeSpan TimeoutOf(QueryRequest request)
    {
        TimeSpan timeout = request.Timeout is { } own && own < _options.Timeout ? own : _options.Timeout;
        return timeout > TimeSpan.Zero ? timeout : TimeSpan.Zero;
    }

    private async ValueTask<QueryResult> AssumeAsync(
        TenantId tenant, IQueryable storage, QueryRequest request, EngineOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return await EvaluateAsync(tenant, storage, request, options, assume: true, cancellationToken).ConfigureAwait(false);
        }
        catch (AssumptionFailedException)
        {
            return await EvaluateAsync(tenant, storage, request, options, assume: false, cancellationToken).ConfigureAwait(false);
        }
    }

    private async ValueTask<QueryResult> EvaluateAsync(
        TenantId tenant, IQueryable storage, QueryRequest request, EngineOptions options, bool assume, CancellationToken cancellationToken)
    {
        long began = _time.GetTimestamp();
        PreparedQuery prepared = Prepare(request.Query, out bool isCached);
        Expr expression = prepared.Root;
        if (!request.IsInstant && expression.Type is not (ExprType.Scalar or ExprType.Vector))
        {
            throw new QueryException(
                QueryErrorKind.BadQuery,
                $"invalid expression type \"{(expression.Type == ExprType.Matrix ? "range vector" : "string")}\" for range query, must be Scalar or instant Vector");
        }

        options = request.LookbackDelta is { } lookback ? options with { LookbackDelta = lookback } : options;
        StepGrid grid = request.IsInstant
            ? new StepGrid(request.StartMs, 1, 1)
            : StepGrid.Between(request.StartMs, request.EndMs, request.StepMs, options.MaxSteps);
        using QueryBudgets.Lease share = _budgets.Open(tenant);
        var query = new QueryContext(options, _pools, !request.IsInstant, share.Budget) { AssumesOneType = assume, CancellationToken = cancellationToken };
        var run = new QueryRun(query, grid, request, prepared);
        try
        {
            run.Plan();
            TimeSpan preparation = _time.GetElapsedTime(began);
            QueryRange needed = run.Needed.IsEmpty ? new QueryRange(request.StartMs, request.StartMs) : run.Needed;
            IQuerier querier = await storage.OpenQuerierAsync(tenant, needed, cancellationToken).ConfigureAwait(false);
            await using (querier.ConfigureAwait(false))
            {
                query.Open(querier);
                List<ResultSeries> series = await run.ReadAsync(cancellationToken).ConfigureAwait(false);
                TimeSpan elapsed = _time.GetElapsedTime(began);
                return new QueryResult(
                    expression.Type,
                    series,
                    expression is StringLiteral text ? text.Value : null,
                    request.StartMs,
                    [.. query.Annotations.Texts(request.Query, warnings: true), .. querier.Missing.Select(static gap => gap.ToString())],
                    query.Annotations.Texts(request.Query, warnings: false),
                    new QueryStatistics(
                        run.Samples.Total,
                        query.PeakSamples,
                        query.SamplesRead,
                        query.SeriesRead,
                        query.Memory.PeakBytes,
                        run.Samples.PerStep,
                        preparation,
                        elapsed - preparation)
                    {
                        ResultSortTime = query.SortTime,
                    })
                {
                    Trace = run.Trace(series.Count, elapsed, isCached),
                };
            }
        }
        finally
        {
            await run.DisposeAsync().ConfigureAwait(false);
            query.Dispose();
            Interlocked.Add(ref _unreturnedBytes, query.Memory.Bytes);
            Debug.Assert(query.Memory.Bytes == 0, "a query gave back less than it took");
        }
    }

    private PreparedQuery Prepare(string query, out bool isCached)
    {
        isCached = _plans.TryGet(query, out PreparedQuery? known);
        if (known is not null)
        {
            return known;
        }

        var prepared = PreparedQuery.Of(query, _options.Optimise, _parser);
        _plans.Add(query, prepared);
        return prepared;
    }
}
