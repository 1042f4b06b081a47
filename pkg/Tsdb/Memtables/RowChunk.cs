namespace RemoteStore.Tsdb.Memtables;

/// <summary>A fixed run of memtable rows in columns. Rows below the memtable's published count never change.</summary>
internal sealed class RowChunk
{
    /// <summary>Rows of a full-size chunk; smaller ones only start a memtable, so that a small tenant costs little.</summary>
    public const int FullSize = 8192;

    public RowChunk(int size)
    {
        Refs = GC.AllocateUninitializedArray<uint>(size);
        Links = GC.AllocateUninitializedArray<uint>(size);
        Timestamps = GC.AllocateUninitializedArray<long>(size);
        Bits = GC.AllocateUninitializedArray<long>(size);
    }

    /// <summary>Series of each row.</summary>
    public uint[] Refs { get; }

    /// <summary>Bit 31: the row is a histogram. Else the distance in rows back to the previous row of the series, 0 = none.</summary>
    public uint[] Links { get; }

    /// <summary>Milliseconds since the Unix epoch.</summary>
    public long[] Timestamps { get; }

    /// <summary>Value bits; for a histogram row where its payload lies: offset in the upper, length in the lower half.</summary>
    public long[] Bits { get; }

    /// <summary>Start timestamps, or null while no row of the chunk has one.</summary>
    public long[]? Starts { get; set; }

    public int Size => Refs.Length;

    /// <summary>A larger chunk with the first <paramref name="count"/> rows; readers of the old one stay right.</summary>
    public RowChunk Grow(int size, int count)
    {
        var larger = new RowChunk(size);
        Refs.AsSpan(0, count).CopyTo(larger.Refs);
        Links.AsSpan(0, count).CopyTo(larger.Links);
        Timestamps.AsSpan(0, count).CopyTo(larger.Timestamps);
        Bits.AsSpan(0, count).CopyTo(larger.Bits);
        if (Starts is not null)
        {
            larger.Starts = new long[size];
            Starts.AsSpan(0, count).CopyTo(larger.Starts);
        }

        return larger;
    }
}
