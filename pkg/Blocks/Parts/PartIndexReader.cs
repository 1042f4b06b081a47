using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Parts;

/// <summary>Reads and checks file header, footer and index of a part. Every size is checked before it is used.</summary>
internal static class PartIndexReader
{
    /// <summary>Reads the index.</summary>
    /// <exception cref="CorruptDataException">A checksum, bound or relation does not hold.</exception>
    public static PartIndex Read(SafeFileHandle file, string path)
    {
        long size = RandomAccess.GetLength(file);
        if (size < PartFormat.FileHeaderLength + PartFormat.IndexHeaderLength + PartFormat.FooterLength)
        {
            throw new CorruptDataException(path, 0, $"a file of {size} bytes is too short for a part");
        }

        PartId id = ReadHeader(file, path, out int level);
        (long offset, int length, ulong hash) = ReadFooter(file, path, size, id);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(length);
        ReadExactly(file, path, offset, bytes);
        if (BlockHeader.Hash(bytes, id) != hash)
        {
            throw new CorruptDataException(path, offset, "the checksum of the index does not match");
        }

        return Parse(bytes, path, offset, size, id, level);
    }

    /// <summary>Checks the file header.</summary>
    public static PartId ReadHeader(SafeFileHandle file, string path, out int level)
    {
        Span<byte> header = stackalloc byte[PartFormat.FileHeaderLength];
        ReadExactly(file, path, 0, header);
        if (BinaryPrimitives.ReadUInt64LittleEndian(header) != PartFormat.FileMagic)
        {
            throw new CorruptDataException(path, 0, "the file does not begin as a part does");
        }

        var id = new PartId(BinaryPrimitives.ReadUInt64LittleEndian(header[16..]));
        if (BinaryPrimitives.ReadUInt64LittleEndian(header[24..]) != BlockHeader.Hash(header[..24], id))
        {
            throw new CorruptDataException(path, 0, "the checksum of the file header does not match");
        }

        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        if (version != PartFormat.Version)
        {
            throw new CorruptDataException(path, 8, $"format version {version} is not known, this program reads {PartFormat.Version}");
        }

        level = BinaryPrimitives.ReadUInt16LittleEndian(header[10..]);
        return id;
    }

    /// <summary>Checks the footer and finds the index.</summary>
    public static (long Offset, int Length, ulong Hash) ReadFooter(SafeFileHandle file, string path, long size, PartId id)
    {
        Span<byte> footer = stackalloc byte[PartFormat.FooterLength];
        long at = size - PartFormat.FooterLength;
        ReadExactly(file, path, at, footer);
        if (BinaryPrimitives.ReadUInt64LittleEndian(footer[32..]) != PartFormat.FooterMagic
            || BinaryPrimitives.ReadUInt64LittleEndian(footer[24..]) != id.Value
            || BinaryPrimitives.ReadUInt64LittleEndian(footer[40..]) != BlockHeader.Hash(footer[..40], id))
        {
            throw new CorruptDataException(path, at, "the footer is not there or its checksum does not match");
        }

        long offset = BinaryPrimitives.ReadInt64LittleEndian(footer);
        long length = BinaryPrimitives.ReadInt64LittleEndian(footer[8..]);
        if (offset < PartFormat.FileHeaderLength || length < PartFormat.IndexHeaderLength || length > Array.MaxLength || offset > at || length != at - offset)
        {
            throw new CorruptDataException(path, at, $"an index of {length} bytes at {offset} does not fit the file");
        }

        return (offset, (int)length, BinaryPrimitives.ReadUInt64LittleEndian(footer[16..]));
    }

    /// <summary>True when the bytes are the head of an index that lies at <paramref name="offset"/>.</summary>
    public static bool IsIndexHead(ReadOnlySpan<byte> bytes, long offset, PartId id) =>
        bytes.Length >= 24
        && BinaryPrimitives.ReadUInt64LittleEndian(bytes) == PartFormat.IndexMagic
        && BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]) == offset
        && BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]) == BlockHeader.Hash(bytes[..16], id);

    /// <summary>Fills the span from the file.</summary>
    /// <exception cref="CorruptDataException">The file ends first.</exception>
    public static void ReadExactly(SafeFileHandle file, string path, long offset, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int read = RandomAccess.Read(file, destination[done..], offset + done);
            if (read == 0)
            {
                throw new CorruptDataException(path, offset + done, "the file ends early");
            }

            done += read;
        }
    }

    private static PartIndex Parse(ReadOnlySpan<byte> bytes, string path, long indexOffset, long size, PartId id, int level)
    {
        var cursor = new Cursor(bytes, path, indexOffset);
        if (!IsIndexHead(bytes, indexOffset, id) || BinaryPrimitives.ReadInt32LittleEndian(bytes[56..]) != level)
        {
            cursor.Fail("the index head does not belong to this part");
        }

        var info = new PartInfo(
            id,
            level,
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[40..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[48..]),
            size,
            BinaryPrimitives.ReadInt32LittleEndian(bytes[60..]));

        // A tenant takes at least 10 bytes and a block 40, so that these allocations stay in proportion to the file.
        if (info.Tenants < 0 || info.Tenants > bytes.Length / 10)
        {
            cursor.Fail($"{info.Tenants} tenants do not fit the index");
        }

        var tenants = new TenantSection[info.Tenants];
        var entries = new BlockEntry[(bytes.Length - PartFormat.IndexHeaderLength) / PartFormat.IndexEntryLength];
        cursor.Skip(PartFormat.IndexHeaderLength);
        int count = 0;
        for (int i = 0; i < tenants.Length; i++)
        {
            tenants[i] = ReadTenant(ref cursor, entries, ref count, info, indexOffset);
            if (i > 0 && tenants[i].Tenant <= tenants[i - 1].Tenant)
            {
                cursor.Fail("tenants are not in order");
            }
        }

        cursor.Finish();
        Array.Resize(ref entries, count);
        CheckTotals(ref cursor, info, tenants, entries, indexOffset);
        return new PartIndex(info, tenants, entries);
    }

    private static TenantSection ReadTenant(ref Cursor cursor, BlockEntry[] entries, ref int count, PartInfo info, long indexOffset)
    {
        string name = Encoding.ASCII.GetString(cursor.Take(cursor.Take(1)[0]));
        if (!TenantId.TryParse(name, out TenantId tenant, out string? error))
        {
            cursor.Fail(error!);
        }

        int floats = BinaryPrimitives.ReadInt32LittleEndian(cursor.Take(4));
        int histograms = BinaryPrimitives.ReadInt32LittleEndian(cursor.Take(4));
        if (floats < 0 || histograms < 0 || (long)floats + histograms > entries.Length - count)
        {
            cursor.Fail($"{floats} and {histograms} blocks do not fit the index");
        }

        var section = new TenantSection(tenant, count, floats, histograms);
        for (int i = 0; i < floats + histograms; i++)
        {
            BlockEntry entry = ReadEntry(cursor.Take(PartFormat.IndexEntryLength));
            bool valid = entry.Offset >= PartFormat.FileHeaderLength
                && entry.Length > PartFormat.BlockHeaderLength
                && entry.Length - PartFormat.BlockHeaderLength <= PartFormat.MaxBodyBytes
                && entry.Offset <= indexOffset - entry.Length
                && entry.Rows is > 0 and <= PartFormat.MaxBlockRows
                && entry.FirstRef <= entry.LastRef
                && entry.MinTime <= entry.MaxTime
                && entry.MinTime >= info.MinTime
                && entry.MaxTime <= info.MaxTime
                && (i == 0 || i == floats || entry.FirstRef >= entries[count - 1].LastRef);
            if (!valid)
            {
                cursor.Fail("an entry of the index contradicts the file");
            }

            entries[count++] = entry;
        }

        return section;
    }

    private static BlockEntry ReadEntry(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[32..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[20..]));

    private static void CheckTotals(ref Cursor cursor, PartInfo info, TenantSection[] tenants, BlockEntry[] entries, long indexOffset)
    {
        long bytes = PartFormat.FileHeaderLength;
        long rows = 0;
        long histogramRows = 0;
        foreach (TenantSection tenant in tenants)
        {
            for (int i = 0; i < tenant.FloatBlocks + tenant.HistogramBlocks; i++)
            {
                BlockEntry entry = entries[tenant.First + i];
                bytes += entry.Length;
                rows += i < tenant.FloatBlocks ? entry.Rows : 0;
                histogramRows += i < tenant.FloatBlocks ? 0 : entry.Rows;
            }
        }

        // Blocks fill the file from header to index without gaps: no byte is outside some checksum.
        if (bytes != indexOffset || rows != info.Rows || histogramRows != info.HistogramRows)
        {
            cursor.Fail("the blocks of the index do not add up to the file");
        }
    }

    private ref struct Cursor(ReadOnlySpan<byte> bytes, string path, long indexOffset)
    {
        private readonly ReadOnlySpan<byte> _bytes = bytes;
        private int _position;

        public ReadOnlySpan<byte> Take(int count)
        {
            if (count > _bytes.Length - _position)
            {
                Fail("the index ends early");
            }

            _position += count;
            return _bytes.Slice(_position - count, count);
        }

        public void Skip(int count) => _ = Take(count);

        public readonly void Finish()
        {
            if (_position != _bytes.Length)
            {
                Fail("bytes are left behind the index");
            }
        }

        [System.Diagnostics.CodeAnalysis.DoesNotReturn]
        public readonly void Fail(string what) => throw new CorruptDataException(path, indexOffset + _position, what);
    }
}
