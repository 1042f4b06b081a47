using RemoteStore.Chunks;

namespace RemoteStore.Blocks.Parts;

/// <summary>The block encodings there are. A new one gets a number, a case in each method, and a section in docs/part.md.</summary>
internal static class BlockCodecs
{
    /// <summary>Greatest number of an encoding.</summary>
    public const int Last = (int)BlockEncoding.Columns;

    /// <summary>Mean rows of a run from which chunks are smaller than rows.</summary>
    private const int MinRowsOfChunks = 32;

    /// <summary>True when blocks of so many rows in so many runs are encoded as <see cref="BlockEncoding.Columns"/> in merged parts.</summary>
    public static bool SuitColumns(int rows, int runs) => rows >= (long)runs * MinRowsOfChunks;

    /// <summary>True when the first <paramref name="runs"/> runs are encoded as <see cref="BlockEncoding.Columns"/> in merged parts.</summary>
    public static bool SuitColumns(RowBlock rows, int runs, BlockKind kind) =>
        SuitColumns(rows.RunStarts[runs], runs)
        && (kind == BlockKind.Floats || rows.PayloadStarts[rows.RunStarts[runs]] <= ChunkLimits.MaxHistogramBytes / 2);

    /// <summary>The decoder of an encoding.</summary>
    /// <exception cref="InvalidDataException">The encoding is not known.</exception>
    public static IBlockDecoder CreateDecoder(BlockEncoding encoding) => encoding switch
    {
        BlockEncoding.Rows => new RowsDecoder(),
        BlockEncoding.Columns => new ColumnsDecoder(),
        _ => throw new InvalidDataException($"block encoding {(byte)encoding} is not known"),
    };
}
