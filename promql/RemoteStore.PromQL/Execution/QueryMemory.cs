namespace RemoteStore.PromQL.Execution;

/// <summary>
/// What one query holds: every column is rented here and given back here, so that the sum is known at any time and is zero when the query is over.
/// Safe for concurrent use.
/// </summary>
internal sealed class QueryMemory(ColumnPools pools, long maxBytes)
{
    private long _bytes;
    private long _peak;

    /// <summary>Bytes held now.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Most bytes ever held.</summary>
    public long PeakBytes => Interlocked.Read(ref _peak);

    /// <summary>Rents a column of doubles of unknown content.</summary>
    /// <exception cref="QueryException">The query holds too much.</exception>
    public double[] RentDoubles(int length) => Account(pools.Doubles.Rent(length), sizeof(double));

    /// <summary>Rents bitmap words, cleared.</summary>
    public ulong[] RentWords(int length)
    {
        ulong[] words = Account(pools.Words.Rent(length), sizeof(ulong));
        words.AsSpan().Clear();
        return words;
    }

    /// <summary>Rents a column of 64-bit integers of unknown content.</summary>
    public long[] RentLongs(int length) => Account(pools.Longs.Rent(length), sizeof(long));

    /// <summary>Rents a column of 32-bit integers of unknown content.</summary>
    public int[] RentInts(int length) => Account(pools.Ints.Rent(length), sizeof(int));

    /// <summary>Rents bytes of unknown content.</summary>
    public byte[] RentBytes(int length) => Account(pools.Bytes.Rent(length), 1);

    /// <summary>Gives a column back.</summary>
    public void Return(double[] column)
    {
        Release((long)column.Length * sizeof(double));
        pools.Doubles.Return(column);
    }

    /// <inheritdoc cref="Return(double[])"/>
    public void Return(ulong[] column)
    {
        Release((long)column.Length * sizeof(ulong));
        pools.Words.Return(column);
    }

    /// <inheritdoc cref="Return(double[])"/>
    public void Return(long[] column)
    {
        Release((long)column.Length * sizeof(long));
        pools.Longs.Return(column);
    }

    /// <inheritdoc cref="Return(double[])"/>
    public void Return(int[] column)
    {
        Release((long)column.Length * sizeof(int));
        pools.Ints.Return(column);
    }

    /// <inheritdoc cref="Return(double[])"/>
    public void Return(byte[] column)
    {
        Release(column.Length);
        pools.Bytes.Return(column);
    }

    /// <summary>Makes a column longer, keeping its first <paramref name="kept"/> elements.</summary>
    public void Grow(ref byte[] column, int kept, int length)
    {
        byte[] grown = RentBytes(Math.Max(length, column.Length * 2));
        column.AsSpan(0, kept).CopyTo(grown);
        Return(column);
        column = grown;
    }

    /// <inheritdoc cref="Grow(ref byte[], int, int)"/>
    public void Grow(ref int[] column, int kept, int length)
    {
        int[] grown = RentInts(Math.Max(length, column.Length * 2));
        column.AsSpan(0, kept).CopyTo(grown);
        Return(column);
        column = grown;
    }

    /// <inheritdoc cref="Grow(ref byte[], int, int)"/>
    public void Grow(ref double[] column, int kept, int length)
    {
        double[] grown = RentDoubles(Math.Max(length, column.Length * 2));
        column.AsSpan(0, kept).CopyTo(grown);
        Return(column);
        column = grown;
    }

    /// <inheritdoc cref="Grow(ref byte[], int, int)"/>
    public void Grow(ref long[] column, int kept, int length)
    {
        long[] grown = RentLongs(Math.Max(length, column.Length * 2));
        column.AsSpan(0, kept).CopyTo(grown);
        Return(column);
        column = grown;
    }

    /// <summary>Counts bytes that are not in a column, such as histograms.</summary>
    public void Charge(long bytes)
    {
        long now = Interlocked.Add(ref _bytes, bytes);
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

        if (now > maxBytes)
        {
            Interlocked.Add(ref _bytes, -bytes);
            throw QueryException.TooMuchMemory(maxBytes);
        }
    }

    /// <summary>Takes back a charge.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _bytes, -bytes);

    private T[] Account<T>(T[] column, int elementBytes)
    {
        Charge((long)column.Length * elementBytes);
        return column;
    }
}
