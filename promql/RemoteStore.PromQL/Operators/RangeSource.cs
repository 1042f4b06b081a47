using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Operators;

/// <summary>Yields series with all samples that the ranges of all steps need: from storage, or from a subquery.</summary>
internal abstract class RangeSource : IAsyncDisposable
{
    /// <summary>What is known of the labels of its series; nothing unless it says so.</summary>
    public virtual Execution.SeriesTraits Traits => Execution.SeriesTraits.None;

    /// <summary>Fetches what the next calls of <see cref="TryNext"/> need; false when there is no series left.</summary>
    public abstract ValueTask<bool> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Names the next series in the row and hands out its samples, valid until the next call; false when more has to be loaded.</summary>
    public abstract bool TryNext(StepSeries row, out RangeColumns columns);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
