using System.Numerics;

namespace RemoteStore.PromQL.Execution;

/// <summary>
/// Columns of one element type, kept for reuse in classes of powers of two. Bounded: what does not fit is left to the garbage collector. Safe for
/// concurrent use.
/// </summary>
internal sealed class ColumnPool<T>(long maxRetainedElements)
    where T : unmanaged
{
    private const int LargestLog2 = 24;

    private readonly Stack<T[]>?[] _classes = new Stack<T[]>?[LargestLog2 + 1];
    private readonly Lock _lock = new(); // guards all fields
    private long _retained;
    private long _rented;
    private long _returned;

    /// <summary>Columns handed out since the start.</summary>
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

    /// <summary>Columns taken back since the start, those that were not kept included.</summary>
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

    /// <summary>Length of the column that <see cref="Rent"/> gives.</summary>
    public static int LengthOf(int minimumLength)
    {
        int log2 = Log2Ceiling(minimumLength);
        return log2 > LargestLog2 ? minimumLength : 1 << log2;
    }

    /// <summary>A column of at least that length and of unknown content.</summary>
    public T[] Rent(int minimumLength)
    {
        int log2 = Log2Ceiling(minimumLength);
        lock (_lock)
        {
            _rented++;
            if (log2 <= LargestLog2 && _classes[log2] is { } stack && stack.TryPop(out T[]? column))
            {
                _retained -= column.Length;
                return column;
            }
        }

        return GC.AllocateUninitializedArray<T>(LengthOf(minimumLength));
    }

    /// <summary>Takes a column back; empty ones were never handed out.</summary>
    public void Return(T[] column)
    {
        if (column.Length == 0)
        {
            return;
        }

        int log2 = Log2Ceiling(column.Length);
        lock (_lock)
        {
            _returned++;
            if (log2 <= LargestLog2 && column.Length == 1 << log2 && _retained + column.Length <= maxRetainedElements)
            {
                (_classes[log2] ??= new Stack<T[]>()).Push(column);
                _retained += column.Length;
            }
        }
    }

    private static int Log2Ceiling(int length) => length <= 4 ? 2 : BitOperations.Log2((uint)length - 1) + 1;
}
