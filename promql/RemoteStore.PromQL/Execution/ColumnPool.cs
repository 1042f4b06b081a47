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
    private readonly Lock _lock = new(); // guards _classes and _retained
    private long _retained;

    /// <summary>A column of at least that length and of unknown content.</summary>
    public T[] Rent(int minimumLength)
    {
        int log2 = Log2Ceiling(minimumLength);
        if (log2 > LargestLog2)
        {
            return GC.AllocateUninitializedArray<T>(minimumLength);
        }

        lock (_lock)
        {
            if (_classes[log2] is { } stack && stack.TryPop(out T[]? column))
            {
                _retained -= column.Length;
                return column;
            }
        }

        return GC.AllocateUninitializedArray<T>(1 << log2);
    }

    /// <summary>Takes a column back.</summary>
    public void Return(T[] column)
    {
        int log2 = Log2Ceiling(column.Length);
        if (log2 > LargestLog2 || column.Length != 1 << log2)
        {
            return;
        }

        lock (_lock)
        {
            if (_retained + column.Length <= maxRetainedElements)
            {
                (_classes[log2] ??= new Stack<T[]>()).Push(column);
                _retained += column.Length;
            }
        }
    }

    private static int Log2Ceiling(int length) => length <= 4 ? 2 : BitOperations.Log2((uint)length - 1) + 1;
}

/// <summary>The columns of an engine.</summary>
internal sealed class ColumnPools
{
    private const long RetainedElements = 4 << 20;

    public ColumnPool<double> Doubles { get; } = new(RetainedElements);

    public ColumnPool<ulong> Words { get; } = new(RetainedElements / 8);

    public ColumnPool<long> Longs { get; } = new(RetainedElements / 4);

    public ColumnPool<int> Ints { get; } = new(RetainedElements / 4);

    public ColumnPool<byte> Bytes { get; } = new(RetainedElements);
}
