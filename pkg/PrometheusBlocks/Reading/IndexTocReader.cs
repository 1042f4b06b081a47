using System.Buffers.Binary;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Format;

namespace RemoteStore.PrometheusBlocks.Reading;

/// <summary>Reads the head of an index file and the table of contents at its end.</summary>
internal static class IndexTocReader
{
    /// <exception cref="CorruptDataException">It is no index of version 2, or damaged.</exception>
    public static IndexToc Read(FileWindow file)
    {
        ReadOnlySpan<byte> head = file.Read(0, PrometheusFormat.IndexHeaderBytes);
        uint magic = BinaryPrimitives.ReadUInt32BigEndian(head);
        byte version = head[sizeof(uint)];
        if (magic != PrometheusFormat.IndexMagic)
        {
            throw file.Corrupt(0, $"it begins with {magic:x8}, an index with {PrometheusFormat.IndexMagic:x8}");
        }

        if (version != PrometheusFormat.IndexVersion)
        {
            throw file.Corrupt(sizeof(uint), $"index version {version} is not known, Prometheus 2.2 and later write {PrometheusFormat.IndexVersion}");
        }

        long at = file.Length - PrometheusFormat.TocBytes;
        ReadOnlySpan<byte> toc = file.Read(at, PrometheusFormat.TocBytes);
        if (BinaryPrimitives.ReadUInt32BigEndian(toc[^PrometheusFormat.ChecksumBytes..]) != Crc32C.Compute(toc[..^PrometheusFormat.ChecksumBytes]))
        {
            throw file.Corrupt(at, "the checksum of the table of contents does not match");
        }

        Span<long> places = stackalloc long[6];
        for (int i = 0; i < places.Length; i++)
        {
            ulong place = BinaryPrimitives.ReadUInt64BigEndian(toc[(i * sizeof(ulong))..]);
            places[i] = place <= (ulong)at ? (long)place : throw file.Corrupt(at, $"a section is said to begin at {place}");
        }

        return new(places[0], places[1], places[2], places[3], places[4], places[5]);
    }
}
