using System.Buffers.Binary;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Format;

namespace RemoteStore.PrometheusBlocks.Reading;

/// <summary>
/// The number of all series as the postings tell it. The series themselves are read in the order of the file, and this says whether all were found.
/// </summary>
internal static class PostingsCount
{
    private const int EntryBytes = 4 + Varint.MaxLength;

    /// <summary>Reads the first line of the table of postings, which is the list of all series.</summary>
    /// <returns>Their number; null when the index does not tell it.</returns>
    /// <exception cref="CorruptDataException">The table or the list is damaged.</exception>
    public static long? Read(FileWindow file, IndexToc toc)
    {
        if (toc.PostingsTable == 0)
        {
            return null;
        }

        ReadOnlySpan<byte> head = file.Read(toc.PostingsTable, 2 * sizeof(uint));
        if (BinaryPrimitives.ReadUInt32BigEndian(head[sizeof(uint)..]) == 0)
        {
            return 0;
        }

        // Two texts, both empty, and a place.
        ReadOnlySpan<byte> entry = file.Peek(toc.PostingsTable + (2 * sizeof(uint)), EntryBytes);
        int position = 3;
        if (entry.Length < position || !entry[..position].SequenceEqual<byte>([2, 0, 0]))
        {
            return null;
        }

        if (!Varint.TryRead(entry, ref position, out ulong place) || place > (ulong)file.Length)
        {
            throw file.Corrupt(toc.PostingsTable, "the list of all series lies outside the file");
        }

        ReadOnlySpan<byte> list = file.Read((long)place, 2 * sizeof(uint));
        uint length = BinaryPrimitives.ReadUInt32BigEndian(list);
        uint count = BinaryPrimitives.ReadUInt32BigEndian(list[sizeof(uint)..]);
        return length == sizeof(uint) + ((long)count * sizeof(uint)) ? count : throw file.Corrupt((long)place, $"{length} bytes do not hold {count} series");
    }
}
