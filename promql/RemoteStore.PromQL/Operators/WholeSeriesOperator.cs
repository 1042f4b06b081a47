using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary>Joins the pieces of series, for consumers that look at a series over several steps.</summary>
internal sealed class WholeSeriesOperator(QueryContext query, SeriesOperator input) : BlockingOperator(query, input.Grid)
{
    /// <inheritdoc/>
    public override SeriesTraits Traits => input.Traits | SeriesTraits.Distinct;

    /// <summary>The input, or an operator that joins its pieces when it may yield some.</summary>
    public static SeriesOperator Of(QueryContext query, SeriesOperator input) =>
        (input.Traits & SeriesTraits.Distinct) != 0 ? input : new WholeSeriesOperator(query, input);

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        await base.CloseAsync().ConfigureAwait(false);
        await input.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask ComputeAsync(CancellationToken cancellationToken)
    {
        using var merge = new SeriesMerge(Query, Grid);
        Result = merge.Rows;
        using var row = new StepSeries(Query.Memory, Grid.Count);
        while (await input.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (input.TryNext(row))
            {
                Query.ThrowIfCancelled();
                merge.Add(row);
            }
        }
    }
}
