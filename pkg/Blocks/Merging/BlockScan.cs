using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using RemoteStore.Blocks.Parts;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Blocks.Merging;

/// <summary>
/// Walks the blocks of a part without its index. Behind a broken block header it searches for the next valid one; a valid header with a broken body is
/// stepped over by its length, so that nothing inside a body is ever taken for a block.
/// </summary>
internal sealed class BlockScan
{
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private readonly PartId _id;
    private readonly long _size;
    private readonly long _end; // where blocks end: the index when the footer is whole, else the file
    private readonly byte[] _window = new byte[256 << 10];
    private long _next = PartFormat.FileHeaderLength;

    public BlockScan(SafeFileHandle file, string path, PartId id)
    {
        _file = file;
        _path = path;
        _id = id;
        _size = RandomAccess.GetLength(file);
        _end = _size;
        if (_size >= PartFormat.FileHeaderLength + PartFormat.FooterLength)
        {
            try
            {
                _end = PartIndexReader.ReadFooter(file, path, _size, id).Offset;
            }
            catch (CorruptDataException)
            {
                // Then the index's own head says where blocks end.
            }
        }
    }

    /// <summary>Where the block or gap begins.</summary>
    public long Offset { get; private set; }

    /// <summary>Its length.</summary>
    public long Length { get; private set; }

    /// <summary>Header of the block; null for a gap.</summary>
    public BlockHeader? Header { get; private set; }

    /// <summary>Of a gap, what is wrong at its beginning.</summary>
    public string? Error { get; private set; }

    /// <summary>Moves to the next block or gap; false where the blocks end.</summary>
    public bool MoveNext()
    {
        Offset = _next;
        if (Offset >= _end)
        {
            return false;
        }

        Span<byte> bytes = _window.AsSpan(0, (int)Math.Min(PartFormat.BlockHeaderLength, _end - Offset));
        PartIndexReader.ReadExactly(_file, _path, Offset, bytes);
        Error = BlockHeader.Read(bytes, Offset, _id, out BlockHeader header);
        if (Error is null)
        {
            Header = header;
            Length = PartFormat.BlockHeaderLength + (long)header.BodyLength;
            _next = Offset + Length;
            return true;
        }

        if (PartIndexReader.IsIndexHead(bytes, Offset, _id))
        {
            _next = _end;
            return false;
        }

        Header = null;
        _next = FindNext(Offset + 1);
        Length = _next - Offset;
        return true;
    }

    /// <summary>First offset from <paramref name="from"/> on where a valid block header or the index begins; the end when there is none.</summary>
    private long FindNext(long from)
    {
        while (from < _end)
        {
            int length = (int)Math.Min(_window.Length, _end - from);
            PartIndexReader.ReadExactly(_file, _path, from, _window.AsSpan(0, length));
            ReadOnlySpan<byte> window = _window.AsSpan(0, length);
            bool last = from + length == _end;
            int usable = last ? length : length - PartFormat.BlockHeaderLength;
            for (int i = 0; i < usable; i++)
            {
                if (window[i] == (byte)'R' && IsStart(window[i..], from + i))
                {
                    return from + i;
                }
            }

            from += usable;
        }

        return _end;
    }

    private bool IsStart(ReadOnlySpan<byte> bytes, long offset) =>
        bytes.Length >= 4
        && (BinaryPrimitives.ReadUInt32LittleEndian(bytes) == PartFormat.BlockMagic
            ? BlockHeader.Read(bytes, offset, _id, out _) is null
            : PartIndexReader.IsIndexHead(bytes, offset, _id));
}
