using RemoteStore.Model.Writes;

namespace RemoteStore.Distributor;

/// <summary>Batches for reuse, last in, first out so that warm ones stay warm. Bounded: more than that are left to the garbage collector.</summary>
/// <remarks>Safe for concurrent use.</remarks>
internal sealed class WriteBatchPool(int capacity)
{
    private readonly WriteBatch[] _idle = new WriteBatch[capacity];
    private readonly Lock _lock = new(); // guards _idle and _count
    private int _count;

    /// <summary>A batch of unknown content; the caller owns it until <see cref="Return"/>.</summary>
    public WriteBatch Rent()
    {
        lock (_lock)
        {
            if (_count > 0)
            {
                return _idle[--_count];
            }
        }

        return new WriteBatch();
    }

    /// <summary>Gives a batch back; nothing of it may be used any more.</summary>
    public void Return(WriteBatch batch)
    {
        lock (_lock)
        {
            if (_count < _idle.Length)
            {
                _idle[_count++] = batch;
            }
        }
    }
}
