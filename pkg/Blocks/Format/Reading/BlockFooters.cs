using System.Buffers.Binary;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>The footers of both files.</summary>
/// <param name="Series">Series of the block.</param>
/// <param name="Pairs">Label pairs, those without a value included.</param>
/// <param name="DirectoryOffset">Where the directory of the index begins; it reaches up to the footer.</param>
/// <param name="DirectoryStored">Its stored bytes.</param>
/// <param name="DirectoryRaw">Its bytes before compression.</param>
/// <param name="IndexLength">Length of the index file.</param>
/// <param name="Range">Range that slots are fractions of.</param>
/// <param name="SamplePages">Pages of samples.</param>
/// <param name="ColumnPages">Pages of columns.</param>
/// <param name="SamplePagesLength">Bytes of all pages of samples, which begin the chunks file.</param>
/// <param name="PagesLength">Bytes of all pages.</param>
internal sealed record BlockFooters(
    int Series,
    int Pairs,
    long DirectoryOffset,
    int DirectoryStored,
    int DirectoryRaw,
    long IndexLength,
    BlockRange Range,
    int SamplePages,
    int ColumnPages,
    long SamplePagesLength,
    long PagesLength)
{
    /// <summary>Reads and checks both footers.</summary>
    /// <exception cref="Primitives.Files.CorruptDataException">One is not there, not this block's, or contradicts the lengths.</exception>
    public static async ValueTask<BlockFooters> ReadAsync(BlockFiles files, BlockSeal seal, BlockMeta meta, CancellationToken cancellationToken)
    {
        long indexLength = await CheckLengthAsync(files, meta, BlockFile.Index, cancellationToken).ConfigureAwait(false);
        long chunksLength = await CheckLengthAsync(files, meta, BlockFile.Chunks, cancellationToken).ConfigureAwait(false);
        byte[] index = new byte[BlockFormat.FooterLength];
        byte[] chunks = new byte[BlockFormat.FooterLength];
        await files.ReadAsync(BlockFile.Index, indexLength - index.Length, index, cancellationToken).ConfigureAwait(false);
        await files.ReadAsync(BlockFile.Chunks, chunksLength - chunks.Length, chunks, cancellationToken).ConfigureAwait(false);
        Check(files, seal, BlockFile.Index, BlockFormat.IndexMagic, indexLength - index.Length, index);
        Check(files, seal, BlockFile.Chunks, BlockFormat.ChunksMagic, chunksLength - chunks.Length, chunks);
        var footers = new BlockFooters(
            BinaryPrimitives.ReadInt32LittleEndian(index.AsSpan(32)),
            BinaryPrimitives.ReadInt32LittleEndian(index.AsSpan(36)),
            BinaryPrimitives.ReadInt64LittleEndian(index.AsSpan(40)),
            BinaryPrimitives.ReadInt32LittleEndian(index.AsSpan(48)),
            BinaryPrimitives.ReadInt32LittleEndian(index.AsSpan(52)),
            indexLength,
            new(BinaryPrimitives.ReadInt64LittleEndian(index.AsSpan(56)), BinaryPrimitives.ReadInt64LittleEndian(index.AsSpan(64))),
            BinaryPrimitives.ReadInt32LittleEndian(chunks.AsSpan(32)),
            BinaryPrimitives.ReadInt32LittleEndian(chunks.AsSpan(36)),
            BinaryPrimitives.ReadInt64LittleEndian(chunks.AsSpan(40)),
            BinaryPrimitives.ReadInt64LittleEndian(chunks.AsSpan(48)));
        if (!footers.IsPossible(chunksLength, BinaryPrimitives.ReadInt64LittleEndian(index.AsSpan(72)), meta))
        {
            throw files.Corrupt(BlockFile.Index, indexLength - index.Length, "the footers contradict the files or meta.json");
        }

        return footers;
    }

    private static async ValueTask<long> CheckLengthAsync(BlockFiles files, BlockMeta meta, BlockFile file, CancellationToken cancellationToken)
    {
        long length = await files.Source.GetLengthAsync(file, cancellationToken).ConfigureAwait(false);
        long expected = meta.Files.First(f => f.File == file).SizeBytes;
        return length == expected && length >= BlockFormat.FooterLength
            ? length
            : throw files.Corrupt(file, Math.Min(length, expected), $"the file has {length} bytes, meta.json says {expected}");
    }

    private static void Check(BlockFiles files, BlockSeal seal, BlockFile file, ulong magic, long offset, ReadOnlySpan<byte> footer)
    {
        if (BinaryPrimitives.ReadUInt64LittleEndian(footer) != magic || BlockId.ReadFrom(footer[8..]) != seal.Id)
        {
            throw files.Corrupt(file, offset, $"the file does not end as that of block {seal.Id} does");
        }

        if (!seal.Holds(file, BlockSection.Footer, offset, footer))
        {
            throw files.Corrupt(file, offset, "the checksum of the footer does not match");
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(footer[24..]);
        if (version != BlockFormat.Version || footer[26] != (byte)file)
        {
            throw files.Corrupt(file, offset, $"format version {version} of file {footer[26]} is not known");
        }
    }

    private bool IsPossible(long chunksLength, long chunksLengthInIndex, BlockMeta meta) =>
        Series >= 0
        && Series == meta.Stats.Series
        && Pairs >= 0
        && DirectoryOffset >= 0
        && DirectoryStored >= 0
        && DirectoryRaw >= DirectoryStored
        && DirectoryOffset == IndexLength - BlockFormat.FooterLength - BlockFormat.HashLength - DirectoryStored
        && Range == meta.Range
        && Range.Start < Range.End
        && SamplePages >= 0
        && ColumnPages >= 0
        && SamplePagesLength >= 0
        && SamplePagesLength <= PagesLength
        && PagesLength == chunksLength - BlockFormat.FooterLength
        && chunksLength == chunksLengthInIndex;
}
