using System.Diagnostics;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Operators;

namespace RemoteStore.PromQL.Tracing;

/// <summary>Records what another source of ranges does.</summary>
internal sealed class TracedRangeSource(QueryMemory memory, RangeSource input, TraceNode node) : RangeSource
{
    /// <inheritdoc/>
    public override SeriesTraits Traits => input.Traits;

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        node.Measure(memory);
        long began = Stopwatch.GetTimestamp();
        try
        {
            return await input.LoadAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            node.Elapsed += Stopwatch.GetElapsedTime(began);
            node.Measure(memory);
        }
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row, out RangeColumns columns)
    {
        long began = Stopwatch.GetTimestamp();
        bool found = input.TryNext(row, out columns);
        node.Elapsed += Stopwatch.GetElapsedTime(began);
        node.Series += found ? 1 : 0;
        return found;
    }

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => input.DisposeAsync();
}
