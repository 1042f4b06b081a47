using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Parts;

/// <summary>Turns rows into the columns of a block body. One per writer; not safe for concurrent use.</summary>
internal interface IBlockEncoder : IDisposable
{
    /// <summary>Encoding that goes into the block header.</summary>
    BlockEncoding Encoding { get; }

    /// <summary>Appends the columns of the first <paramref name="runs"/> runs, at least one, to <paramref name="body"/>.</summary>
    void Encode(RowBlock rows, int runs, BlockKind kind, long minTime, ByteBuffer body);
}

/// <summary>Inverse of <see cref="IBlockEncoder"/>. Not safe for concurrent use.</summary>
internal interface IBlockDecoder : IDisposable
{
    /// <summary>Fills <paramref name="rows"/> from the columns of a block.</summary>
    /// <param name="header">Checked header of the block.</param>
    /// <param name="columns">The columns, followed by <see cref="SectionReader.Padding"/> bytes of no meaning.</param>
    /// <param name="rows">Destination; its content is lost.</param>
    /// <exception cref="InvalidDataException">The columns contradict themselves or the header.</exception>
    void Decode(in BlockHeader header, ReadOnlySpan<byte> columns, RowBlock rows);
}
