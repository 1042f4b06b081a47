using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary>A leaf of the plan: computes each stored series by itself.</summary>
internal abstract class StoredOperator : SeriesOperator
{
    private readonly SeriesPipeline _pipeline;

    protected StoredOperator(QueryContext query, StepGrid grid, SeriesSelection selection, SelectorWindow window)
        : base(query, grid)
    {
        Selection = selection;
        Window = window;
        _pipeline = new SeriesPipeline(query, grid.Count, new SelectedSeries(query, selection, window.Hints(grid, selection)), NewComputation);
    }

    /// <inheritdoc/>
    public override SeriesTraits Traits => Selection.Traits;

    /// <summary>What is selected.</summary>
    protected SeriesSelection Selection { get; }

    /// <summary>Where in time each step looks.</summary>
    protected SelectorWindow Window { get; }

    /// <inheritdoc/>
    public override ValueTask<bool> LoadAsync(CancellationToken cancellationToken) =>
        Grid.Count == 0 ? ValueTask.FromResult(false) : _pipeline.LoadAsync(cancellationToken);

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row) => _pipeline.TryNext(row);

    /// <inheritdoc/>
    protected override ValueTask CloseAsync() => _pipeline.DisposeAsync();

    /// <summary>What is done to each series, for one thread.</summary>
    /// <param name="annotations">Where it reports.</param>
    protected abstract SeriesComputation NewComputation(AnnotationSet annotations);
}
