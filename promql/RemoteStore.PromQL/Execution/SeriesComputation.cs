using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Execution;

/// <summary>
/// Turns series from storage into rows, each by itself: what can be done on several threads. Keeps scratch memory, so each thread has its own; not safe for
/// concurrent use.
/// </summary>
internal abstract class SeriesComputation : IDisposable
{
    /// <summary>Begins the row and fills it; false when the series has no value at any step.</summary>
    /// <param name="batch">Where the series is.</param>
    /// <param name="index">Which one it is.</param>
    /// <param name="row">The row, of as many steps as the grid.</param>
    public abstract bool Compute(SeriesBatch batch, int index, StepSeries row);

    /// <summary>Gives scratch memory back.</summary>
    public abstract void Dispose();
}
