namespace RemoteStore.Blocks.Parts;

/// <summary>The block encodings there are. A new one gets a number, a case in each method, and a section in docs/part.md.</summary>
internal static class BlockCodecs
{
    /// <summary>Greatest number of an encoding.</summary>
    public const int Last = (int)BlockEncoding.Rows;

    /// <summary>The encoder for new blocks of a flushed or merged part.</summary>
    public static IBlockEncoder CreateEncoder(bool merged) => new RowsEncoder(merged);

    /// <summary>The decoder of an encoding.</summary>
    /// <exception cref="InvalidDataException">The encoding is not known.</exception>
    public static IBlockDecoder CreateDecoder(BlockEncoding encoding) => encoding switch
    {
        BlockEncoding.Rows => new RowsDecoder(),
        _ => throw new InvalidDataException($"block encoding {(byte)encoding} is not known"),
    };
}
