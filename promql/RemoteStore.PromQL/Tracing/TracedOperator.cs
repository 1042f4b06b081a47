using System.Diagnostics;
using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Tracing;

/// <summary>Records what another operator does.</summary>
internal sealed class TracedOperator(QueryContext query, SeriesOperator input, TraceNode node) : SeriesOperator(query, input.Grid)
{
    /// <inheritdoc/>
    public override SeriesTraits Traits => input.Traits;

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        node.Measure(Query.Memory);
        long began = Stopwatch.GetTimestamp();
        try
        {
            return await input.LoadAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            node.Elapsed += Stopwatch.GetElapsedTime(began);
            node.Measure(Query.Memory);
        }
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        long began = Stopwatch.GetTimestamp();
        bool found = input.TryNext(row);
        node.Elapsed += Stopwatch.GetElapsedTime(began);
        node.Series += found ? 1 : 0;
        return found;
    }

    /// <inheritdoc/>
    protected override ValueTask CloseAsync() => input.DisposeAsync();
}
