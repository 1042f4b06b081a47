using RemoteStore.Primitives.Memory;

namespace RemoteStore.PromQL.Execution;

/// <summary>
/// What one query holds: every column is rented here and given back here, so that the sum is known at any time and is zero when the query is over. What is
/// asked for counts before it is allocated. Safe for concurrent use.
/// </summary>
/// <remarks>Who gives a column back forgets it; an empty one may be given back any number of times.</remarks>
internal sealed class QueryMemory(ColumnPools pools, long maxBytes, MemoryBudget? shared = null) : IDisposable
{
    private const long SharedStepBytes = 64 << 10; // taken of the shared budget at a time, so that queries seldom meet there

    private readonly Lock _taking = new(); // guards changes of _taken
    private long _taken;
    private long _bytes;
    private long _peak;

    /// <summary>Bytes held now.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Most bytes ever held.</summary>
    public long PeakBytes => Interlocked.Read(ref _peak);

    /// <summary>Rents a column of doubles of unknown content.</summary>
    /// <exception cref="QueryException">The query holds too much.</exception>
    public double[] RentDoubles(int length) => Rent(pools.Doubles, length, sizeof(double));

    /// <summary>Rents bitmap words, cleared.</summary>
    public ulong[] RentWords(int length)
    {
        ulong[] words = Rent(pools.Words, length, sizeof(ulong));
        words.AsSpan().Clear();
        return words;
    }

    /// <summary>Rents a column of 64-bit integers of unknown content.</summary>
    public long[] RentLongs(int length) => Rent(pools.Longs, length, sizeof(long));

    /// <summary>Rents a column of 32-bit integers of unknown content.</summary>
    public int[] RentInts(int length) => Rent(pools.Ints, length, sizeof(int));

    /// <summary>Rents bytes of unknown content.</summary>
    public byte[] RentBytes(int length) => Rent(pools.Bytes, length, 1);

    /// <summary>Gives a column back.</summary>
    public void Return(double[] column) => Return(pools.Doubles, column, sizeof(double));

    /// <inheritdoc cref="Return(double[])"/>
    public void Return(ulong[] column) => Return(pools.Words, column, sizeof(ulong));

    /// <inheritdoc cref="Return(double[])"/>
    public void Return(long[] column) => Return(pools.Longs, column, sizeof(long));

    /// <inheritdoc cref="Return(double[])"/>
    public void Return(int[] column) => Return(pools.Ints, column, sizeof(int));

    /// <inheritdoc cref="Return(double[])"/>
    public void Return(byte[] column) => Return(pools.Bytes, column, 1);

    /// <summary>Makes a column longer, at least twofold, keeping its first <paramref name="kept"/> elements.</summary>
    /// <exception cref="QueryException">The query holds too much.</exception>
    public void Grow(ref byte[] column, int kept, long length) => Grow(pools.Bytes, ref column, kept, length, 1);

    /// <inheritdoc cref="Grow(ref byte[], int, long)"/>
    public void Grow(ref int[] column, int kept, long length) => Grow(pools.Ints, ref column, kept, length, sizeof(int));

    /// <inheritdoc cref="Grow(ref byte[], int, long)"/>
    public void Grow(ref double[] column, int kept, long length) => Grow(pools.Doubles, ref column, kept, length, sizeof(double));

    /// <inheritdoc cref="Grow(ref byte[], int, long)"/>
    public void Grow(ref long[] column, int kept, long length) => Grow(pools.Longs, ref column, kept, length, sizeof(long));

    /// <summary>A length that an array can have.</summary>
    /// <exception cref="QueryException">It is longer.</exception>
    public int CheckedLength(long length) => length <= Array.MaxLength ? (int)length : throw QueryException.TooMuchMemory(maxBytes);

    /// <summary>Counts bytes that are not in a column, such as histograms.</summary>
    /// <exception cref="QueryException">The query holds too much; nothing was counted.</exception>
    public void Charge(long bytes)
    {
        long now = Interlocked.Add(ref _bytes, bytes);
        if (now > maxBytes)
        {
            Interlocked.Add(ref _bytes, -bytes);
            throw QueryException.TooMuchMemory(maxBytes);
        }

        if (shared is not null && now > Interlocked.Read(ref _taken))
        {
            TakeShared(shared, now, bytes);
        }

        long peak = Interlocked.Read(ref _peak);
        while (now > peak)
        {
            long seen = Interlocked.CompareExchange(ref _peak, now, peak);
            if (seen == peak)
            {
                break;
            }

            peak = seen;
        }
    }

    /// <summary>Takes back a charge.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _bytes, -bytes);

    /// <summary>Gives back what was taken of the shared budget; the query is over.</summary>
    public void Dispose()
    {
        lock (_taking)
        {
            shared?.Give(_taken);
            Interlocked.Exchange(ref _taken, 0);
        }
    }

    private void TakeShared(MemoryBudget budget, long needed, long charged)
    {
        lock (_taking)
        {
            long missing = needed - _taken;
            if (missing <= 0)
            {
                return; // another thread of the query took it
            }

            long step = Math.Max(missing, Math.Min(SharedStepBytes, maxBytes - _taken));
            if (budget.TryTake(step) is { } && budget.TryTake(step = missing) is { } full)
            {
                Interlocked.Add(ref _bytes, -charged);
                throw QueryException.TooMuchSharedMemory(full.Name, full.LimitBytes);
            }

            Interlocked.Add(ref _taken, step);
        }
    }

    private T[] Rent<T>(ColumnPool<T> pool, int length, int elementBytes)
        where T : unmanaged
    {
        long bytes = (long)ColumnPool<T>.LengthOf(length) * elementBytes;
        Charge(bytes);
        try
        {
            return pool.Rent(length);
        }
        catch (OutOfMemoryException)
        {
            Release(bytes);
            throw QueryException.TooMuchMemory(maxBytes);
        }
    }

    private void Return<T>(ColumnPool<T> pool, T[] column, int elementBytes)
        where T : unmanaged
    {
        Release((long)column.Length * elementBytes);
        pool.Return(column);
    }

    private void Grow<T>(ColumnPool<T> pool, ref T[] column, int kept, long length, int elementBytes)
        where T : unmanaged
    {
        T[] grown = Rent(pool, (int)Math.Min(Math.Max(CheckedLength(length), column.Length * 2L), Array.MaxLength), elementBytes);
        column.AsSpan(0, kept).CopyTo(grown);
        Return(pool, column, elementBytes);
        column = grown;
    }
}
