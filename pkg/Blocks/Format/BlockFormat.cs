namespace RemoteStore.Blocks.Format;

/// <summary>The files of a block. The numbers are part of the format.</summary>
public enum BlockFile : byte
{
    /// <summary><c>meta.json</c>: what the block holds; written last.</summary>
    Meta = 1,

    /// <summary><c>index</c>: labels, postings, and where pages lie.</summary>
    Index = 2,

    /// <summary><c>chunks</c>: pages of samples and of timestamp columns.</summary>
    Chunks = 3,
}

/// <summary>Kinds of checksummed units. The numbers are mixed into the checksums, so that a unit never passes as one of another kind.</summary>
public enum BlockSection : byte
{
    /// <summary>Last bytes of a file; locate the rest.</summary>
    Footer = 1,

    /// <summary>Where the frames of the index lie.</summary>
    Directory = 2,

    /// <summary>Label values, sorted by name, then value.</summary>
    Pairs = 3,

    /// <summary>Series numbers per label pair.</summary>
    Postings = 4,

    /// <summary>Label pairs per series.</summary>
    Series = 5,

    /// <summary>Where pages of samples lie.</summary>
    SamplePages = 6,

    /// <summary>Where pages of timestamp columns lie.</summary>
    ColumnPages = 7,

    /// <summary>A page of samples.</summary>
    SamplePage = 8,

    /// <summary>A page of timestamp columns.</summary>
    ColumnPage = 9,

    /// <summary>A whole file.</summary>
    File = 10,
}

/// <summary>How a chunk says which times its samples have. The numbers are part of the format.</summary>
internal enum ChunkTimes : byte
{
    /// <summary>All times of a column of the block.</summary>
    WholeColumn = 0,

    /// <summary>Some times of a column; which ones is said at the head of the chunk's header bytes.</summary>
    PartOfColumn = 1,

    /// <summary>Its own, encoded with it.</summary>
    Inline = 2,
}

/// <summary>Bits of a chunk's first byte beside <see cref="ChunkTimes"/> in the lowest two. Part of the format.</summary>
[Flags]
internal enum ChunkFlags : byte
{
    /// <summary>Float samples without start timestamps.</summary>
    None = 0,

    /// <summary>Mask of the <see cref="ChunkTimes"/>.</summary>
    TimesMask = 3,

    /// <summary>A column of start timestamps follows the values.</summary>
    StartTimestamps = 4,

    /// <summary>Native histograms instead of floats.</summary>
    Histograms = 8,
}

/// <summary>Constants of format version 1; docs/block.md says where they stand.</summary>
internal static class BlockFormat
{
    public const ushort Version = 1;

    /// <summary><c>RSBINDEX</c>, little-endian.</summary>
    public const ulong IndexMagic = 0x5845444e49425352;

    /// <summary><c>RSBCHUNK</c>, little-endian.</summary>
    public const ulong ChunksMagic = 0x4b4e554843425352;

    public const int FooterLength = 88;
    public const int HashLength = 8;

    /// <summary>Label pairs of a frame; the last frame may have fewer.</summary>
    public const int PairsPerFrame = 1024;

    /// <summary>Series of a frame; the last frame may have fewer.</summary>
    public const int SeriesPerFrame = 512;

    /// <summary>Pages that a frame of a page directory describes; the last frame may have fewer.</summary>
    public const int PagesPerFrame = 128;

    /// <summary>Most bytes of a page or frame when decompressed.</summary>
    public const int MaxRawBytes = 256 << 20;

    /// <summary>
    /// A frame or page header that would shrink by more than this factor is stored plain, so that no reader allocates out of proportion to what is stored.
    /// </summary>
    public const int MaxRatio = 1024;

    /// <summary>Most label pairs of a series.</summary>
    public const int MaxPairsPerSeries = 1 << 14;

    /// <summary>Largest exponent of a slot: slots are a 2^exponent-th of the block's range.</summary>
    public const int MaxSlotExponent = 40;

    public const string MetaName = "meta.json";
    public const string IndexName = "index";
    public const string ChunksName = "chunks";
    public const string SpoolName = "spool.tmp";

    /// <summary>Name of a file within the block's directory.</summary>
    public static string NameOf(BlockFile file) => file switch
    {
        BlockFile.Meta => MetaName,
        BlockFile.Index => IndexName,
        _ => ChunksName,
    };

    /// <summary>Start of a slot as an offset from the block's range start, modulo 2^64.</summary>
    /// <remarks>Slot k of exponent j begins at k × length / 2^j, rounded down.</remarks>
    public static ulong SlotStart(ulong rangeLength, int exponent, ulong slot) => (ulong)(((UInt128)rangeLength * slot) >> exponent);

    /// <summary>Slot that an offset from the block's range start, below the range's length, lies in.</summary>
    public static ulong SlotOf(ulong rangeLength, int exponent, ulong offset) =>
        rangeLength == 0 ? 0 : (ulong)(((((UInt128)offset + 1) << exponent) - 1) / rangeLength);
}
