using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Operators;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Aggregations;

/// <summary>An aggregation that leaves some of its series as they are: <c>topk</c>, <c>bottomk</c>, <c>limitk</c>, <c>limit_ratio</c>.</summary>
internal abstract class SelectionOperator(QueryContext query, SeriesOperator input, ScalarArguments arguments) : SeriesOperator(query, input.Grid)
{
    private bool _begun;
    private bool _selects;

    /// <inheritdoc/>
    public override SeriesTraits Traits => input.Traits;

    /// <summary>Where the series come from.</summary>
    protected SeriesOperator Input => input;

    /// <summary>The parameter by step.</summary>
    protected ReadOnlySpan<double> Parameter => arguments[0].AsSpan(0, Grid.Count);

    /// <summary>Creates the operator of an aggregation.</summary>
    /// <param name="query">The query.</param>
    /// <param name="input">Its series.</param>
    /// <param name="aggregate">The aggregation.</param>
    /// <param name="arguments">Its parameter.</param>
    /// <param name="parameterPosition">Place of the parameter, for annotations.</param>
    public static SelectionOperator Create(
        QueryContext query, SeriesOperator input, AggregateExpr aggregate, ScalarArguments arguments, int parameterPosition)
    {
        var grouping = new Grouping(query, aggregate.Grouping, aggregate.Without);
        return aggregate.Op switch
        {
            AggregateOperator.LimitRatio => new LimitRatioOperator(query, input, arguments, parameterPosition),
            AggregateOperator.LimitK => new LimitOperator(query, input, grouping, arguments),
            _ => new TopOperator(query, input, grouping, aggregate.Op, arguments, aggregate.Position.Start),
        };
    }

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (!_begun)
        {
            _begun = true;
            await arguments.EvaluateAsync(cancellationToken).ConfigureAwait(false);
            _selects = Check(out QueryException? fault);
            if (!_selects)
            {
                await DrainAsync(cancellationToken).ConfigureAwait(false);
            }

            if (fault is not null)
            {
                throw fault;
            }
        }

        return _selects && await LoadSelectedAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        await input.DisposeAsync().ConfigureAwait(false);
        await arguments.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Checks the parameter; false when nothing can be selected.</summary>
    protected abstract bool Check(out QueryException? fault);

    /// <summary>Fetches what the next series need.</summary>
    protected virtual ValueTask<bool> LoadSelectedAsync(CancellationToken cancellationToken) => input.LoadAsync(cancellationToken);

    /// <summary>Reads what nothing is selected of: its errors and annotations count all the same, and errors before those of the parameter.</summary>
    private async ValueTask DrainAsync(CancellationToken cancellationToken)
    {
        using var row = new StepSeries(Query.Memory, Grid.Count);
        while (await input.LoadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (input.TryNext(row))
            {
                Query.ThrowIfCancelled();
            }
        }
    }
}
