namespace RemoteStore.Blocks.Parts;

/// <summary>Sizes that a part is written with. A reader needs none of them.</summary>
public sealed record PartWriterOptions
{
    /// <summary>Defaults.</summary>
    public static PartWriterOptions Default { get; } = new();

    /// <summary>Most float rows of a block of a flushed part. A lookup decodes a whole block, so that small is good for reads.</summary>
    public int FlushedBlockRows { get; init; } = 4096;

    /// <summary>Most float rows of a block of a merged part; larger because its series are longer and compress together.</summary>
    public int MergedBlockRows { get; init; } = 8192;

    /// <summary>Most float rows of a block whose runs are long enough for chunks: series of one target share its timestamps within the block.</summary>
    public int ColumnBlockRows { get; init; } = 65536;

    /// <summary>A histogram block is closed when its payloads reach this many bytes.</summary>
    public int HistogramBlockBytes { get; init; } = 256 << 10;

    /// <summary>Bytes gathered before a write to the file.</summary>
    public int BufferBytes { get; init; } = 1 << 20;

    /// <summary>Throws when a size is out of bounds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them is.</exception>
    public void Validate()
    {
        CheckRows(FlushedBlockRows);
        CheckRows(MergedBlockRows);
        CheckRows(ColumnBlockRows);
        ArgumentOutOfRangeException.ThrowIfLessThan(HistogramBlockBytes, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(HistogramBlockBytes, PartFormat.MaxPayloadBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(BufferBytes, 4096);
    }

    private static void CheckRows(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, PartFormat.MaxBlockRows);
    }
}
