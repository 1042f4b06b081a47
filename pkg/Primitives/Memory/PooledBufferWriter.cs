using System.Buffers;

namespace RemoteStore.Primitives.Memory;

/// <summary>A growing byte buffer over pooled memory. The creator owns it and disposes it; spans are valid until the next write.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class PooledBufferWriter : IBufferWriter<byte>, IDisposable
{
    private readonly BufferPool _pool;
    private byte[] _array;

    /// <summary>Creates an empty writer.</summary>
    public PooledBufferWriter(BufferPool pool, int initialCapacity = 4096)
    {
        ArgumentNullException.ThrowIfNull(pool);
        _pool = pool;
        _array = pool.Rent(initialCapacity);
    }

    /// <summary>Bytes written since creation or <see cref="Clear"/>.</summary>
    public int WrittenCount { get; private set; }

    /// <summary>What was written.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, WrittenCount);

    /// <summary>What was written.</summary>
    public ReadOnlySpan<byte> WrittenSpan => _array.AsSpan(0, WrittenCount);

    /// <summary>Forgets what was written, keeps the memory.</summary>
    public void Clear() => WrittenCount = 0;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - WrittenCount);
        WrittenCount += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _array.AsMemory(WrittenCount);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _array.AsSpan(WrittenCount);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] array = _array;
        _array = [];
        WrittenCount = 0;
        if (array.Length > 0)
        {
            _pool.Return(array);
        }
    }

    private void Ensure(int sizeHint)
    {
        int needed = checked(WrittenCount + Math.Max(1, sizeHint));
        if (needed <= _array.Length)
        {
            return;
        }

        byte[] larger = _pool.Rent((int)Math.Min(Array.MaxLength, Math.Max(needed, _array.Length * 2L)));
        WrittenSpan.CopyTo(larger);
        if (_array.Length > 0)
        {
            _pool.Return(_array);
        }

        _array = larger;
    }
}
