using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Operators;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Execution;

/// <summary>
/// Reads stored series and computes a row of each. Begins alone; when there is more than a batch of work, and the engine has tasks to spare, further batches
/// are read and computed ahead by <see cref="ParallelPipeline"/>. Rows come in the same order, with the same bits, either way.
/// </summary>
/// <param name="query">The query.</param>
/// <param name="steps">Steps of a row.</param>
/// <param name="series">Where series come from; disposed with this.</param>
/// <param name="create">Makes the computation of one thread.</param>
internal sealed class SeriesPipeline(QueryContext query, int steps, SelectedSeries series, Func<AnnotationSet, SeriesComputation> create)
    : IAsyncDisposable
{
    // Handing a batch to another thread and back costs some microseconds, and a value some nanoseconds.
    private const long WorthSharing = 1 << 14;

    private SeriesBatch? _batch;
    private SeriesComputation? _computation;
    private ParallelPipeline? _parallel;
    private int _next;

    /// <summary>Fetches what the next calls of <see cref="TryNext"/> need; false when there is no series left.</summary>
    public ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (_parallel is null && _batch is not null && IsWorthSharing(_batch))
        {
            int workers = query.Pools.Workers.Take(query.Options.MaxParallelism, query.Options.MaxParallelism);
            if (workers > 1)
            {
                _parallel = new ParallelPipeline(query, steps, series, create, workers);
            }
            else
            {
                query.Pools.Workers.Return(workers);
            }
        }

        if (_parallel is not null)
        {
            return _parallel.LoadAsync(cancellationToken);
        }

        _batch ??= query.Pools.Batches.Rent();
        _computation ??= create(query.Annotations);
        _next = 0;
        return series.ReadAsync(_batch, cancellationToken);
    }

    /// <summary>Fills the row with the next series; false when more has to be loaded.</summary>
    public bool TryNext(StepSeries row)
    {
        if (_parallel is not null)
        {
            return _parallel.TryNext(row);
        }

        while (_next < _batch!.Count)
        {
            if (_computation!.Compute(_batch, _next++, row))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_parallel is not null)
        {
            await _parallel.DisposeAsync().ConfigureAwait(false);
        }

        await series.DisposeAsync().ConfigureAwait(false);
        _computation?.Dispose();
        _computation = null;
        if (_batch is not null)
        {
            query.Pools.Batches.Return(_batch);
            _batch = null;
        }
    }

    private bool IsWorthSharing(SeriesBatch batch) =>
        query.Options.MaxParallelism > 1 && !series.IsFinished
        && batch.Samples.Count + batch.Samples.Windows.Length + ((long)batch.Count * steps) >= WorthSharing;
}
