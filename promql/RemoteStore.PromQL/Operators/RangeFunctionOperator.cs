using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Windowed;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Operators;

/// <summary>A function of ranges, as the plan knows it.</summary>
/// <param name="CreateKernel">Makes its kernel, which reports to the given set; each thread that computes has its own.</param>
/// <param name="KeepsName">True when the result is the same metric.</param>
/// <param name="CounterPosition">Place of the argument when that has to be a counter, else null.</param>
/// <param name="Meter">Counts the samples that it looks at.</param>
internal sealed record RangeFunction(Func<AnnotationSet, RangeKernel> CreateKernel, bool KeepsName, int? CounterPosition, SampleMeter Meter)
{
    /// <summary>How it is computed where there are windows.</summary>
    public required WindowedFunction Windowed { get; init; }
}

/// <summary>A function of the windows of all steps over each series of a source.</summary>
internal sealed class RangeFunctionOperator : SeriesOperator
{
    private readonly RangeSource _source;
    private readonly SelectorWindow _window;
    private readonly RangeFunction _function;
    private RangeEvaluator? _evaluator; // from the first load on: it holds memory

    private RangeFunctionOperator(QueryContext query, StepGrid grid, RangeSource source, SelectorWindow window, RangeFunction function)
        : base(query, grid)
    {
        _source = source;
        _window = window;
        _function = function;
    }

    /// <inheritdoc/>
    public override SeriesTraits Traits => _source.Traits;

    /// <summary>The function over a source; stored series are read and computed ahead.</summary>
    public static SeriesOperator Over(QueryContext query, StepGrid grid, RangeSource source, SelectorWindow window, RangeFunction function) =>
        source is StorageRangeSource stored
            ? new RangeSelector(query, grid, stored.Selection, window, function)
            : new RangeFunctionOperator(query, grid, source, window, function);

    /// <inheritdoc/>
    public override ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (Grid.Count == 0)
        {
            return ValueTask.FromResult(false);
        }

        _evaluator ??= new RangeEvaluator(Query, Grid, _window, _function, Query.Annotations);
        return _source.LoadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        while (_source.TryNext(row, out RangeColumns columns))
        {
            if (_evaluator!.Evaluate(columns, row))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync()
    {
        _evaluator?.Dispose();
        _evaluator = null;
        return _source.DisposeAsync();
    }
}

/// <summary>A function of ranges of stored series.</summary>
internal sealed class RangeSelector(QueryContext query, StepGrid grid, SeriesSelection selection, SelectorWindow window, RangeFunction function)
    : StoredOperator(query, grid, selection, window)
{
    /// <inheritdoc/>
    protected override SeriesComputation NewComputation(AnnotationSet annotations) =>
        new Computation(
            new RangeEvaluator(Query, Grid, Window, function, annotations),
            new StoredColumns(Query.Memory, Query.Options.UseStartTimestamps, Selection.DetectsResets));

    private sealed class Computation(RangeEvaluator evaluator, StoredColumns columns) : SeriesComputation
    {
        public override bool Compute(SeriesBatch batch, int index, StepSeries row)
        {
            row.Begin(batch.Labels(index).Bytes.Span, dropName: false);
            return evaluator.Evaluate(columns.Of(batch, index), row);
        }

        public override void Dispose()
        {
            evaluator.Dispose();
            columns.Dispose();
        }
    }
}
