using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Tracing;
using RemoteStore.PromQL.Windowed;
using RemoteStore.Storage.Querying;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.PromQL.Operators;

/// <summary>What a selector or subquery looks at: at each step the samples in (reference time - range, reference time].</summary>
/// <param name="RangeMs">Length of the range; the lookback delta of an instant selector.</param>
/// <param name="OffsetMs">How far back the reference time lies before the evaluation time, or before <paramref name="AtMs"/>.</param>
/// <param name="AtMs">Time that takes the place of the evaluation time; null without <c>@</c>.</param>
/// <param name="ReachBackMs">How much further back samples are needed.</param>
/// <param name="ReachAheadMs">How much further ahead samples are needed.</param>
internal sealed record SelectorWindow(long RangeMs, long OffsetMs, long? AtMs, long ReachBackMs = 0, long ReachAheadMs = 0)
{
    /// <summary>The time that a step looks back from.</summary>
    public long Reference(StepGrid grid, int step) => (AtMs ?? grid.Time(step)) - OffsetMs;

    /// <summary>All times at which samples are needed, inclusive.</summary>
    public QueryRange Needed(StepGrid grid) => new(
        Reference(grid, 0) - RangeMs - ReachBackMs + 1, Reference(grid, Math.Max(0, grid.Count - 1)) + ReachAheadMs);

    /// <summary>What storage is told of it.</summary>
    public SelectHints Hints(StepGrid grid, SeriesSelection selection)
    {
        bool isExtended = ReachBackMs != 0 || ReachAheadMs != 0;

        // A single step of a range query has the step of that: storage decides for pieces of a query as for the whole.
        long stepMs = AtMs is null && (grid.Count > 1 || grid.StepMs > 1) ? grid.StepMs : 0;
        return new(Needed(grid), stepMs, isExtended ? "" : selection.Function)
        {
            RangeMs = selection.IsRange ? RangeMs : 0,
            FirstEvaluationMs = Reference(grid, 0),
            MaxResolutionMs = selection.MaxResolutionMs,
            AcceptsWindows = selection.AcceptsWindows,
            Columns = !selection.IsRange ? WindowNeeds.Instant : isExtended ? WindowColumns.All : WindowNeeds.OfRange(selection.Function),
        };
    }
}

/// <summary>Which series a selector selects.</summary>
/// <param name="Matchers">Label predicates.</param>
/// <param name="Function">Function that consumes the series, for storage.</param>
/// <param name="DetectsResets">
/// True when histograms of which it is not known whether they were reset are compared with the one before, as the reference engine does where only count and sum
/// are looked at.
/// </param>
internal sealed record SeriesSelection(IReadOnlyList<LabelMatcher> Matchers, string Function, bool DetectsResets = false)
{
    /// <summary>Storage yields each label set once; a matcher may pin the metric name.</summary>
    public SeriesTraits Traits { get; } = Matchers.Any(static m => m.Type == MatchType.Equal && m.Name == LabelSet.MetricName)
        ? SeriesTraits.Distinct | SeriesTraits.OneName
        : SeriesTraits.Distinct;

    /// <summary>True when its consumer takes ranges, false when it takes the latest samples.</summary>
    public bool IsRange { get; init; }

    /// <summary>True when its consumer reads windows.</summary>
    public bool AcceptsWindows { get; init; } = true;

    /// <summary>Coarsest resolution that is taken in place of samples, milliseconds; 0 for none.</summary>
    public long MaxResolutionMs { get; init; }

    /// <summary>Where it stands in the query.</summary>
    public SelectorPlace Place { get; init; } = SelectorPlace.None;

    /// <summary>Counts the samples that evaluations look at.</summary>
    public SampleMeter Meter { get; init; } = SampleMeter.None;

    /// <summary>Where samples that are read are recorded; null when there is no trace.</summary>
    public TraceNode? Trace { get; init; }
}
