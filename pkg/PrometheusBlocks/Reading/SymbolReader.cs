using System.Buffers.Binary;
using System.Text.Unicode;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Files;

namespace RemoteStore.PrometheusBlocks.Reading;

/// <summary>The texts of an index, by number. Holds the section in memory, and four bytes a text.</summary>
internal sealed class SymbolReader
{
    private const int HeadBytes = 2 * sizeof(uint);

    private readonly byte[] _bytes;
    private readonly int[] _starts; // one more than texts

    private SymbolReader(byte[] bytes, int[] starts)
    {
        _bytes = bytes;
        _starts = starts;
    }

    /// <summary>Number of texts.</summary>
    public int Count => _starts.Length - 1;

    /// <summary>Reads the section.</summary>
    /// <param name="file">The index.</param>
    /// <param name="offset">Where it begins; 0 = there is none.</param>
    /// <exception cref="CorruptDataException">It is damaged.</exception>
    public static SymbolReader Read(FileWindow file, long offset)
    {
        if (offset == 0)
        {
            return new([], [0]);
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(file.Read(offset, sizeof(uint)));
        if (length < sizeof(uint))
        {
            throw file.Corrupt(offset, $"symbols of {length} bytes are not possible");
        }

        ReadOnlySpan<byte> section = file.Read(offset + sizeof(uint), length + (long)sizeof(uint));
        ReadOnlySpan<byte> content = section[..^sizeof(uint)];
        if (BinaryPrimitives.ReadUInt32BigEndian(section[^sizeof(uint)..]) != Crc32C.Compute(content))
        {
            throw file.Corrupt(offset, "the checksum of the symbols does not match");
        }

        uint count = BinaryPrimitives.ReadUInt32BigEndian(content);
        byte[] bytes = content[sizeof(uint)..].ToArray();
        if (count > bytes.Length)
        {
            throw file.Corrupt(offset, $"{bytes.Length} bytes do not hold {count} symbols");
        }

        int[] starts = new int[count + 1];
        int position = 0;
        for (int i = 0; i < count; i++)
        {
            starts[i] = position;
            if (!Varint.TryRead(bytes, ref position, out ulong size) || size > (ulong)(bytes.Length - position))
            {
                throw file.Corrupt(offset + HeadBytes + starts[i], $"symbol {i} is longer than what is left");
            }

            position += (int)size;
        }

        starts[count] = position;
        return new(bytes, starts);
    }

    /// <summary>A text; false when there is none of this number, or it is not valid UTF-8.</summary>
    public bool TryGet(ulong number, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (number >= (ulong)Count)
        {
            return false;
        }

        int position = _starts[(int)number];
        _ = Varint.TryRead(_bytes, ref position, out _);
        text = _bytes.AsSpan(position.._starts[(int)number + 1]);
        return Utf8.IsValid(text);
    }
}
