using System.Numerics;

namespace RemoteStore.Primitives.Memory;

/// <summary>
/// Byte arrays for request bodies and responses. Bounded: what does not fit is left to the garbage collector, so that a burst of large requests does
/// not raise the memory of the process for ever.
/// </summary>
/// <remarks>Safe for concurrent use. Returned arrays are handed out last in, first out, so that warm ones stay warm.</remarks>
public sealed class BufferPool
{
    private const int SmallestLog2 = 12;
    private const int LargestLog2 = 23;

    private readonly Stack<byte[]>[] _buckets = new Stack<byte[]>[LargestLog2 - SmallestLog2 + 1];
    private readonly long _maxRetainedBytes;
    private readonly Lock _lock = new(); // guards _buckets and the counts
    private long _retainedBytes;
    private long _rented;
    private long _returned;

    /// <summary>Creates a pool.</summary>
    /// <param name="maxRetainedBytes">Most bytes that lie idle in the pool.</param>
    public BufferPool(long maxRetainedBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxRetainedBytes);
        _maxRetainedBytes = maxRetainedBytes;
        for (int i = 0; i < _buckets.Length; i++)
        {
            _buckets[i] = new Stack<byte[]>();
        }
    }

    /// <summary>Arrays handed out so far.</summary>
    public long Rented
    {
        get
        {
            lock (_lock)
            {
                return _rented;
            }
        }
    }

    /// <summary>Arrays given back so far.</summary>
    public long Returned
    {
        get
        {
            lock (_lock)
            {
                return _returned;
            }
        }
    }

    /// <summary>Bytes that lie idle in the pool.</summary>
    public long RetainedBytes
    {
        get
        {
            lock (_lock)
            {
                return _retainedBytes;
            }
        }
    }

    /// <summary>An array of at least <paramref name="minimumLength"/> bytes of unknown content. The caller owns it and gives it back with <see cref="Return"/>.</summary>
    public byte[] Rent(int minimumLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(minimumLength);
        int log2 = Log2Ceiling(minimumLength);
        lock (_lock)
        {
            _rented++;
            if (log2 <= LargestLog2 && _buckets[log2 - SmallestLog2].TryPop(out byte[]? array))
            {
                _retainedBytes -= array.Length;
                return array;
            }
        }

        return GC.AllocateUninitializedArray<byte>(log2 <= LargestLog2 ? 1 << log2 : minimumLength);
    }

    /// <summary>Gives an array back; the caller must not use it again.</summary>
    public void Return(byte[] array)
    {
        ArgumentNullException.ThrowIfNull(array);
        int log2 = Log2Ceiling(array.Length);
        lock (_lock)
        {
            _returned++;
            if (log2 <= LargestLog2 && array.Length == 1 << log2 && _retainedBytes + array.Length <= _maxRetainedBytes)
            {
                _buckets[log2 - SmallestLog2].Push(array);
                _retainedBytes += array.Length;
            }
        }
    }

    private static int Log2Ceiling(int length) =>
        length <= 1 << SmallestLog2 ? SmallestLog2 : BitOperations.Log2((uint)length - 1) + 1;
}
