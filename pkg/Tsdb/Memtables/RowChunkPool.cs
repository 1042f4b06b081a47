using System.Collections.Concurrent;

namespace RemoteStore.Tsdb.Memtables;

/// <summary>Full-size row chunks for reuse, bounded; shared by all tenants of a store.</summary>
internal sealed class RowChunkPool
{
    private readonly ConcurrentBag<RowChunk> _free = [];
    private readonly int _capacity;
    private int _count;

    public RowChunkPool(int capacity) => _capacity = capacity;

    /// <summary>A chunk of <see cref="RowChunk.FullSize"/> rows; give it back with <see cref="Return"/>.</summary>
    public RowChunk Rent()
    {
        if (_free.TryTake(out RowChunk? chunk))
        {
            Interlocked.Decrement(ref _count);
            return chunk;
        }

        return new RowChunk(RowChunk.FullSize);
    }

    /// <summary>Takes a chunk back; nobody may read it any more.</summary>
    public void Return(RowChunk chunk)
    {
        if (chunk.Size == RowChunk.FullSize && Interlocked.Increment(ref _count) <= _capacity)
        {
            chunk.Starts = null;
            _free.Add(chunk);
        }
        else if (chunk.Size == RowChunk.FullSize)
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
