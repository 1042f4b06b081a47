namespace RemoteStore.Blocks.Format.Reading;

/// <summary>
/// What a view of a block may hold at a time. A query over many blocks merges them series by series and so holds something of each of them: the more there
/// are, the less each may take.
/// </summary>
/// <param name="BatchSamples">Samples of a batch; it is handed over once it has them, so it may have those of one series more.</param>
/// <param name="ColumnTimes">Decoded times that stay for series to come.</param>
/// <param name="RunBytes">Bytes of pages read at once; two runs are held. At most <see cref="BlockReadSizes.MaxRunBytes"/>.</param>
/// <param name="IndexBytes">Stored bytes of the index that stay at hand once the series are chosen; an index of so many is kept for other views as well.</param>
/// <param name="PairFrames">Decoded frames of label pairs, some 70 KiB each, that stay from one batch to the next.</param>
/// <param name="WholeIndexBytes">Largest index that is read in one piece, where that is less than <see cref="BlockReadSizes.WholeIndexBytes"/>.</param>
public readonly record struct BlockQueryMemory(int BatchSamples, int ColumnTimes, int RunBytes, int IndexBytes, int PairFrames, int WholeIndexBytes)
{
    private const int MinBatchSamples = 256;
    private const int MinColumnTimes = 16 << 10;
    private const int MinRunBytes = 64 << 10;
    private const int MinIndexBytes = 32 << 10;
    private const int MinPairFrames = 1;
    private const int MinWholeIndexBytes = 4 << 20;

    // Of all blocks of a query together: 4 MiB of samples, so that they stay in the cache between being decoded and merged, 64 MiB of times, 64 MiB of pages,
    // 32 MiB of index and 70 MiB of label pairs.
    private const int AllBatchSamples = 256 << 10;
    private const int AllColumnTimes = 8 << 20;
    private const int AllRunBytes = 32 << 20;
    private const int AllIndexBytes = 32 << 20;
    private const int AllPairFrames = 1024;
    private const long AllWholeIndexBytes = 4L << 30; // not memory, but what a query may cost: half of what it may read unless told otherwise

    /// <summary>What a single block takes: batches whose two columns of 256 KiB stay in the cache of a core until they are used, and 16 MiB of times.</summary>
    public static BlockQueryMemory One { get; } = new(1 << 15, 2 << 20, int.MaxValue, 16 << 20, 256, int.MaxValue);

    /// <summary>The share of each of several blocks.</summary>
    /// <param name="blocks">How many are read together, at least 1.</param>
    public static BlockQueryMemory OneOf(int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocks, 1);
        return new(
            Math.Clamp(AllBatchSamples / blocks, MinBatchSamples, One.BatchSamples),
            Math.Clamp(AllColumnTimes / blocks, MinColumnTimes, One.ColumnTimes),
            Math.Max(AllRunBytes / blocks, MinRunBytes),
            Math.Clamp(AllIndexBytes / blocks, MinIndexBytes, One.IndexBytes),
            Math.Clamp(AllPairFrames / blocks, MinPairFrames, One.PairFrames),
            (int)Math.Clamp(AllWholeIndexBytes / blocks, MinWholeIndexBytes, int.MaxValue));
    }
}
