using System.Buffers.Binary;
using RemoteStore.Model;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Format;

namespace RemoteStore.PrometheusBlocks.Reading;

/// <summary>What of a block was deleted and is still in its chunks: ranges of time per series.</summary>
internal static class TombstonesFile
{
    private const int HeadBytes = sizeof(uint) + 1;
    private const int MaxBytes = 1 << 30;

    /// <summary>Reads the file; a block may have none.</summary>
    /// <returns>Ranges by reference of the series; those of one series ascend and do not touch.</returns>
    /// <exception cref="CorruptDataException">It is damaged.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static IReadOnlyDictionary<ulong, List<QueryRange>> Read(string path)
    {
        var ranges = new Dictionary<ulong, List<QueryRange>>();
        if (!File.Exists(path))
        {
            return ranges;
        }

        using var file = new FileWindow(path);
        if (file.Length is < HeadBytes + PrometheusFormat.ChecksumBytes or > MaxBytes)
        {
            throw file.Corrupt(0, $"tombstones of {file.Length} bytes are not possible");
        }

        ReadOnlySpan<byte> bytes = file.Read(0, file.Length);
        ReadOnlySpan<byte> content = bytes[HeadBytes..^PrometheusFormat.ChecksumBytes];
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes) != PrometheusFormat.TombstonesMagic || bytes[sizeof(uint)] != PrometheusFormat.TombstonesVersion)
        {
            throw file.Corrupt(0, "it does not begin as tombstones of version 1 do");
        }

        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[^PrometheusFormat.ChecksumBytes..]) != Crc32C.Compute(content))
        {
            throw file.Corrupt(0, "the checksum of the tombstones does not match");
        }

        for (int position = 0; position < content.Length;)
        {
            int start = position;
            if (!Varint.TryRead(content, ref position, out ulong series) || !Varint.TryReadSigned(content, ref position, out long minTime)
                || !Varint.TryReadSigned(content, ref position, out long maxTime))
            {
                throw file.Corrupt(HeadBytes + start, "a tombstone is not whole");
            }

            if (!ranges.TryGetValue(series, out List<QueryRange>? known))
            {
                ranges.Add(series, known = []);
            }

            if (minTime <= maxTime)
            {
                known.Add(new(minTime, maxTime));
            }
        }

        foreach (List<QueryRange> known in ranges.Values)
        {
            Join(known);
        }

        return ranges;
    }

    private static void Join(List<QueryRange> ranges)
    {
        ranges.Sort(static (a, b) => a.MinTime.CompareTo(b.MinTime));
        int kept = 0;
        for (int i = 1; i < ranges.Count; i++)
        {
            QueryRange last = ranges[kept];
            if (last.MaxTime == long.MaxValue || ranges[i].MinTime <= last.MaxTime + 1)
            {
                ranges[kept] = new(last.MinTime, Math.Max(last.MaxTime, ranges[i].MaxTime));
            }
            else
            {
                ranges[++kept] = ranges[i];
            }
        }

        if (ranges.Count > 0)
        {
            ranges.RemoveRange(kept + 1, ranges.Count - kept - 1);
        }
    }
}
