using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary>What an instant selector yields of the sample it finds.</summary>
internal enum SelectorOutput
{
    /// <summary>Its value or histogram.</summary>
    Value,

    /// <summary>Its timestamp in seconds.</summary>
    Timestamp,

    /// <summary>Its start timestamp in seconds, 0 when it has none.</summary>
    StartTimestamp,

    /// <summary>Its timestamp in milliseconds; histograms are an error.</summary>
    InfoTime,
}

/// <summary>
/// The latest sample of each series at each step, when it is younger than the lookback delta and does not end the series. Ranges are open on the left: a
/// sample exactly one lookback delta old is not seen.
/// </summary>
internal sealed class InstantSelector(QueryContext query, StepGrid grid, SeriesSelection selection, SelectorWindow window, SelectorOutput output)
    : StoredOperator(query, grid, selection, window)
{
    /// <inheritdoc/>
    protected override SeriesComputation NewComputation(AnnotationSet annotations) =>
        new InstantComputation(Query, Grid, Window, output, Selection, annotations);
}
