using System.Buffers.Binary;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>The footers of both files, or that of the index alone: what the chunks file's says beyond it follows from the directory, too.</summary>
/// <param name="Series">Series of the block.</param>
/// <param name="Pairs">Label pairs, those without a value included.</param>
/// <param name="DirectoryOffset">Where the directory of the index begins; it reaches up to the footer.</param>
/// <param name="DirectoryStored">Its stored bytes.</param>
/// <param name="DirectoryRaw">Its bytes before compression.</param>
/// <param name="IndexLength">Length of the index file.</param>
/// <param name="Range">Range that slots are fractions of.</param>
/// <param name="SamplePages">Pages of samples; null when the footer of the chunks file was not read.</param>
/// <param name="ColumnPages">Pages of columns; null likewise.</param>
/// <param name="SamplePagesLength">Bytes of all pages of samples, which begin the chunks file; null likewise.</param>
/// <param name="PagesLength">Bytes of all pages.</param>
internal sealed record BlockFooters(
    int Series,
    int Pairs,
    long DirectoryOffset,
    int DirectoryStored,
    int DirectoryRaw,
    long IndexLength,
    BlockRange Range,
    int? SamplePages,
    int? ColumnPages,
    long? SamplePagesLength,
    long PagesLength)
{
    /// <summary>Reads and checks both footers.</summary>
    /// <exception cref="Primitives.Files.CorruptDataException">One is not there, not this block's, or contradicts the lengths.</exception>
    public static async ValueTask<BlockFooters> ReadAsync(BlockFiles files, BlockMeta meta, CancellationToken cancellationToken)
    {
        long indexLength = await CheckLengthAsync(files, meta, BlockFile.Index, cancellationToken).ConfigureAwait(false);
        long chunksLength = await CheckLengthAsync(files, meta, BlockFile.Chunks, cancellationToken).ConfigureAwait(false);
        byte[] index = new byte[BlockFormat.FooterLength];
        byte[] chunks = new byte[BlockFormat.FooterLength];
        await files.ReadAsync(BlockFile.Index, indexLength - index.Length, index, cancellationToken).ConfigureAwait(false);
        await files.ReadAsync(BlockFile.Chunks, chunksLength - chunks.Length, chunks, cancellationToken).ConfigureAwait(false);
        Check(files, BlockFile.Chunks, BlockFormat.ChunksMagic, chunksLength - chunks.Length, chunks);
        BlockFooters footers = OfIndex(files, meta, index) with
        {
            SamplePages = BinaryPrimitives.ReadInt32LittleEndian(chunks.AsSpan(32)),
            ColumnPages = BinaryPrimitives.ReadInt32LittleEndian(chunks.AsSpan(36)),
            SamplePagesLength = BinaryPrimitives.ReadInt64LittleEndian(chunks.AsSpan(40)),
        };
        return footers.IsPossible() && footers.PagesLength == BinaryPrimitives.ReadInt64LittleEndian(chunks.AsSpan(48))
            ? footers
            : throw files.Corrupt(BlockFile.Chunks, chunksLength - chunks.Length, "the footers contradict each other");
    }

    /// <summary>Checks the footer of the index; of the chunks file the length is taken as <c>meta.json</c> has it.</summary>
    /// <param name="files">The block's files.</param>
    /// <param name="meta">What <c>meta.json</c> says.</param>
    /// <param name="footer">Last bytes of the index.</param>
    /// <exception cref="Primitives.Files.CorruptDataException">It is not this block's, or contradicts <paramref name="meta"/>.</exception>
    public static BlockFooters OfIndex(BlockFiles files, BlockMeta meta, ReadOnlySpan<byte> footer)
    {
        long indexLength = LengthOf(meta, BlockFile.Index);
        long offset = indexLength - footer.Length;
        Check(files, BlockFile.Index, BlockFormat.IndexMagic, offset, footer);
        long chunksLength = BinaryPrimitives.ReadInt64LittleEndian(footer[72..]);
        var footers = new BlockFooters(
            BinaryPrimitives.ReadInt32LittleEndian(footer[32..]),
            BinaryPrimitives.ReadInt32LittleEndian(footer[36..]),
            BinaryPrimitives.ReadInt64LittleEndian(footer[40..]),
            BinaryPrimitives.ReadInt32LittleEndian(footer[48..]),
            BinaryPrimitives.ReadInt32LittleEndian(footer[52..]),
            indexLength,
            new(BinaryPrimitives.ReadInt64LittleEndian(footer[56..]), BinaryPrimitives.ReadInt64LittleEndian(footer[64..])),
            null,
            null,
            null,
            chunksLength - BlockFormat.FooterLength);
        return footers.IsPossible() && footers.Series == meta.Stats.Series && footers.Range == meta.Range && chunksLength == LengthOf(meta, BlockFile.Chunks)
            ? footers
            : throw files.Corrupt(BlockFile.Index, offset, "the footer contradicts the files or meta.json");
    }

    /// <summary>Length of a file as <c>meta.json</c> has it.</summary>
    public static long LengthOf(BlockMeta meta, BlockFile file) => meta.Files.First(f => f.File == file).SizeBytes;

    private static async ValueTask<long> CheckLengthAsync(BlockFiles files, BlockMeta meta, BlockFile file, CancellationToken cancellationToken)
    {
        long length = await files.Source.GetLengthAsync(file, cancellationToken).ConfigureAwait(false);
        long expected = LengthOf(meta, file);
        return length == expected && length >= BlockFormat.FooterLength
            ? length
            : throw files.Corrupt(file, Math.Min(length, expected), $"the file has {length} bytes, meta.json says {expected}");
    }

    private static void Check(BlockFiles files, BlockFile file, ulong magic, long offset, ReadOnlySpan<byte> footer)
    {
        BlockSeal seal = files.Seal;
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

    private bool IsPossible() =>
        Series >= 0
        && Pairs >= 0
        && DirectoryOffset >= 0
        && DirectoryStored >= 0
        && DirectoryRaw >= DirectoryStored
        && DirectoryOffset == IndexLength - BlockFormat.FooterLength - BlockFormat.HashLength - DirectoryStored
        && Range.Start < Range.End
        && !(SamplePages < 0)
        && !(ColumnPages < 0)
        && !(SamplePagesLength < 0 || SamplePagesLength > PagesLength)
        && PagesLength >= 0;
}
