namespace RemoteStore.Blocks.Format.Reading;

/// <summary>
/// What a view of a block may hold at a time. A query over many blocks merges them series by series and so holds something of each of them: the more there
/// are, the less each may take.
/// </summary>
/// <param name="BatchSamples">Samples of a batch; it is handed over once it has them, so it may have those of one series more.</param>
/// <param name="ColumnTimes">Decoded times that stay for series to come.</param>
/// <param name="RunBytes">Bytes of pages read at once; two runs are held. At most <see cref="BlockReadSizes.MaxRunBytes"/>.</param>
public readonly record struct BlockQueryMemory(int BatchSamples, int ColumnTimes, int RunBytes)
{
    private const int MinBatchSamples = 256;
    private const int MinColumnTimes = 16 << 10;
    private const int MinRunBytes = 64 << 10;

    // Of all blocks of a query together: 4 MiB of samples, so that they stay in the cache between being decoded and merged, 64 MiB of times, 64 MiB of pages.
    private const int AllBatchSamples = 256 << 10;
    private const int AllColumnTimes = 8 << 20;
    private const int AllRunBytes = 32 << 20;

    /// <summary>What a single block takes: batches whose two columns of 256 KiB stay in the cache of a core until they are used, and 16 MiB of times.</summary>
    public static BlockQueryMemory One { get; } = new(1 << 15, 2 << 20, int.MaxValue);

    /// <summary>The share of each of several blocks.</summary>
    /// <param name="blocks">How many are read together, at least 1.</param>
    public static BlockQueryMemory OneOf(int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocks, 1);
        return new(
            Math.Clamp(AllBatchSamples / blocks, MinBatchSamples, One.BatchSamples),
            Math.Clamp(AllColumnTimes / blocks, MinColumnTimes, One.ColumnTimes),
            Math.Max(AllRunBytes / blocks, MinRunBytes));
    }
}
