namespace RemoteStore.PrometheusBlocks.Format;

/// <summary>Names and numbers of the files of Prometheus' blocks: index version 2, chunk segments and tombstones version 1. All integers are big-endian.</summary>
internal static class PrometheusFormat
{
    public const string MetaName = "meta.json";
    public const string IndexName = "index";
    public const string ChunksFolder = "chunks";
    public const string TombstonesName = "tombstones";

    public const uint IndexMagic = 0xBAAAD700;
    public const byte IndexVersion = 2;
    public const int IndexHeaderBytes = 5;
    public const int TocBytes = (6 * sizeof(ulong)) + ChecksumBytes;

    public const uint SegmentMagic = 0x85BD40DD;
    public const byte SegmentVersion = 1;
    public const int SegmentHeaderBytes = 8;

    /// <summary>A segment is closed before it grows beyond this.</summary>
    public const long SegmentBytes = 512 << 20;

    public const uint TombstonesMagic = 0x0130BA30;
    public const byte TombstonesVersion = 1;

    public const int ChecksumBytes = 4;

    /// <summary>Entries of series begin at multiples of this; references to series count in it.</summary>
    public const int SeriesAlignment = 16;

    public const int SectionAlignment = 4;

    /// <summary>Most bytes that a varint of 32 bits takes.</summary>
    public const int MaxVarint32 = 5;

    /// <summary>Most bytes of a chunk that are read.</summary>
    public const int MaxChunkBytes = 16 << 20;

    /// <summary>Name of a segment, counted from 1.</summary>
    public static string SegmentName(int number) => number.ToString("000000", System.Globalization.CultureInfo.InvariantCulture);
}
