using RemoteStore.Model;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Operators;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Tracing;
using RemoteStore.PromQL.Windowed;

namespace RemoteStore.PromQL.Planning;

/// <summary>What the planner knows of the whole query: its times, its durations, and which samples it needs.</summary>
internal sealed class PlanScope(QueryContext query, QueryRequest request, PreparedQuery prepared)
{
    /// <summary>What the operators share.</summary>
    public QueryContext Query { get; } = query;

    /// <summary>Arithmetic on durations.</summary>
    public DurationMath Durations { get; } = new(request.StepMs / 1000.0, (request.EndMs - request.StartMs) / 1000.0);

    /// <summary>What does not depend on the step.</summary>
    public StepInvariance Invariance => prepared.Invariance;

    /// <summary>What stands in the query more than once.</summary>
    public SharedExpressions Shared => prepared.Shared;

    /// <summary>Counts what the current expression looks at.</summary>
    public SampleMeter Meter { get; set; } = SampleMeter.None;

    /// <summary>Records what operators do; null when there is no trace.</summary>
    public TraceBuilder? Trace { get; init; }

    /// <summary>First evaluation time of the query.</summary>
    public long StartMs => request.StartMs;

    /// <summary>Last evaluation time of the query.</summary>
    public long EndMs => request.EndMs;

    /// <summary>Step in seconds, 0 when there is one evaluation only.</summary>
    public double StepSeconds => request.StartMs == request.EndMs ? 0 : request.StepMs / 1000.0;

    /// <summary>All times at which samples are needed; empty when none are.</summary>
    public QueryRange Needed { get; private set; } = new(long.MaxValue, long.MinValue);

    /// <summary>Calls around the current expression that look at count and sum of histograms only.</summary>
    public int StatisticsDepth { get; set; }

    /// <summary>Calls and subqueries around the current expression that need whole histograms as stored.</summary>
    public int WholeDepth { get; set; }

    /// <summary>A selection by the current expression.</summary>
    /// <param name="selector">The selector.</param>
    /// <param name="grid">Its steps.</param>
    /// <param name="consumer">Function that takes the series, for storage.</param>
    public SeriesSelection Selection(VectorSelector selector, StepGrid grid, string consumer) =>
        new(selector.Matchers, consumer, StatisticsDepth > 0 && WholeDepth == 0)
        {
            Meter = Meter,
            Trace = Trace?.Current,
            Place = Place(selector),
            MaxResolutionMs = (request.MaxSourceResolution ?? default).ResolveMs(grid.StepMs),
        };

    /// <summary>Where an expression stands in the query, as it was written.</summary>
    public SelectorPlace Place(Expr expression) => new(request.Query, expression.Position);

    /// <summary>Where in time a selector looks.</summary>
    /// <param name="modifiers">Its offset and <c>@</c>.</param>
    /// <param name="rangeMs">Its range, or the lookback delta.</param>
    /// <param name="grid">The steps.</param>
    /// <param name="anchored">True to reach back a lookback delta further.</param>
    /// <param name="smoothed">True to reach back and ahead.</param>
    public SelectorWindow Window(SelectorModifiers modifiers, long rangeMs, StepGrid grid, bool anchored, bool smoothed)
    {
        long reach = Query.LookbackMs;
        var window = new SelectorWindow(
            rangeMs,
            Durations.Milliseconds(modifiers.OffsetMs, modifiers.OffsetExpr, mayBeNegative: true),
            At(modifiers.At),
            anchored || smoothed ? reach : 0,
            smoothed ? reach : 0);
        Need(window, grid);
        return window;
    }

    /// <summary>Notes that the samples of a window are needed.</summary>
    public void Need(SelectorWindow window, StepGrid grid)
    {
        if (grid.Count > 0)
        {
            QueryRange range = window.Needed(grid);
            Needed = new QueryRange(Math.Min(Needed.MinTime, range.MinTime), Math.Max(Needed.MaxTime, range.MaxTime));
        }
    }

    /// <summary>The time that <c>@</c> names, null without.</summary>
    public long? At(AtModifier at) => at.Kind switch
    {
        AtKind.None => null,
        AtKind.Start => StartMs,
        AtKind.End => EndMs,
        _ => at.TimestampMs,
    };
}
