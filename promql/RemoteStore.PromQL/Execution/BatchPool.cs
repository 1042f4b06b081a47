using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Execution;

/// <summary>Batches kept for reuse, so that their columns need not grow anew in each query. Bounded. Safe for concurrent use.</summary>
internal sealed class BatchPool
{
    private const int MaxBatches = 16;
    private const long MaxBytes = 4 << 20; // a batch has grown beyond what storage usually fills

    private readonly Stack<SeriesBatch> _batches = new();
    private readonly Lock _lock = new(); // guards _batches

    /// <summary>An empty batch.</summary>
    public SeriesBatch Rent()
    {
        lock (_lock)
        {
            return _batches.TryPop(out SeriesBatch? batch) ? batch : new SeriesBatch();
        }
    }

    /// <summary>Takes a batch back.</summary>
    public void Return(SeriesBatch batch)
    {
        batch.Clear();
        if (batch.Samples.CapacityBytes > MaxBytes)
        {
            return;
        }

        lock (_lock)
        {
            if (_batches.Count < MaxBatches)
            {
                _batches.Push(batch);
            }
        }
    }
}
