using RemoteStore.Model;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Operators;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Tracing;

namespace RemoteStore.PromQL.Planning;

/// <summary>One evaluation: the plan and how its answer is read.</summary>
internal sealed class QueryRun : IAsyncDisposable
{
    private readonly QueryContext _query;
    private readonly StepGrid _grid;
    private readonly QueryRequest _request;
    private readonly PreparedQuery _prepared;
    private readonly PlanScope _scope;
    private SeriesOperator? _vector;
    private RangeSource? _range;
    private SelectorWindow? _window;
    private bool _anchored;
    private bool _smoothed;

    public QueryRun(QueryContext query, StepGrid grid, QueryRequest request, PreparedQuery prepared)
    {
        _query = query;
        _grid = grid;
        _request = request;
        _prepared = prepared;
        Samples = new SampleCounts(request.StatisticsPerStep ? grid.Count : 0);
        _scope = new PlanScope(query, request, prepared)
        {
            Meter = SampleMeter.Of(Samples, grid.Count),
            Trace = request.Trace ? new TraceBuilder(request.Query) : null,
        };
    }

    /// <summary>Samples that were looked at.</summary>
    public SampleCounts Samples { get; }

    /// <summary>All times at which samples are needed.</summary>
    public QueryRange Needed => _scope.Needed;

    /// <summary>Makes the operators.</summary>
    /// <exception cref="QueryException">The query cannot be evaluated at these times.</exception>
    public void Plan()
    {
        var planner = new Planner(_scope);
        switch (_prepared.Root.Type)
        {
            case ExprType.Matrix:
                _range = planner.Range(_prepared.Root, _grid, "", out _window, out _anchored, out _smoothed);
                break;
            case ExprType.Scalar or ExprType.Vector:
                _vector = planner.Vector(_prepared.Root, _grid);
                break;
            default:
                break;
        }
    }

    /// <summary>Computes the answer; its series are in the order in which operators yield them.</summary>
    public async ValueTask<List<ResultSeries>> ReadAsync(CancellationToken cancellationToken)
    {
        if (_range is not null)
        {
            SampleMeter meter = _prepared.Root is MatrixSelector ? _scope.Meter : SampleMeter.None;
            List<ResultSeries> series = await RangeVectorReader.ReadAsync(
                _query, _grid, _range, _window!, _anchored, _smoothed, cancellationToken).ConfigureAwait(false);
            foreach (ResultSeries one in series)
            {
                meter.Looked(one.Times.Length - Histograms(one).Count() + Histograms(one).Sum(SampleMeter.Size));
            }

            return series;
        }

        return _vector is null ? [] : await ResultReader.ReadAsync(_query, _grid, _vector, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the operators did, when that was asked for.</summary>
    /// <param name="series">Series of the answer.</param>
    /// <param name="elapsed">Time that the whole query took.</param>
    /// <param name="isCached">True when the query had been prepared before.</param>
    public QueryTrace? Trace(int series, TimeSpan elapsed, bool isCached) => _scope.Trace is not { } trace ? null : new QueryTrace(
        "query",
        elapsed,
        series,
        _query.SamplesRead,
        _query.Memory.PeakBytes,
        isCached ? "plan cache hit" : "plan cache miss",
        trace.Root is { } root ? [root.ToTrace()] : []);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_vector is not null)
        {
            await _vector.DisposeAsync().ConfigureAwait(false);
        }

        if (_range is not null)
        {
            await _range.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static IEnumerable<Model.Histograms.FloatHistogram> Histograms(ResultSeries series) =>
        (series.Histograms ?? []).Where(static histogram => histogram is not null).Select(static histogram => histogram!);
}
