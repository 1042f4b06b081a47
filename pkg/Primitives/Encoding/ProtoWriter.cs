using System.Buffers.Binary;

namespace RemoteStore.Primitives.Encoding;

/// <summary>Writes protocol buffer fields into a span that the caller made large enough. Field numbers up to 2047.</summary>
public ref struct ProtoWriter
{
    private readonly Span<byte> _destination;

    /// <summary>Writes from the start of <paramref name="destination"/>.</summary>
    public ProtoWriter(Span<byte> destination) => _destination = destination;

    /// <summary>Bytes written.</summary>
    public int Written { get; private set; }

    /// <summary>Writes a varint without tag: a length or an element of a packed field.</summary>
    public void WriteRaw(ulong value) => Written += Varint.Write(_destination[Written..], value);

    /// <summary>Writes eight bytes without tag: an element of a packed field.</summary>
    public void WriteRawFixed64(long bits)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_destination[Written..], bits);
        Written += sizeof(long);
    }

    /// <summary>Writes a varint field.</summary>
    public void WriteVarint(int field, ulong value)
    {
        WriteRaw(ProtoReader.Tag(field, WireType.Varint));
        WriteRaw(value);
    }

    /// <summary>Writes a varint field unless the value is the default.</summary>
    public void WriteVarintUnlessZero(int field, ulong value)
    {
        if (value != 0)
        {
            WriteVarint(field, value);
        }
    }

    /// <summary>Writes a double field by its bits.</summary>
    public void WriteFixed64(int field, long bits)
    {
        WriteRaw(ProtoReader.Tag(field, WireType.Fixed64));
        WriteRawFixed64(bits);
    }

    /// <summary>Writes a double field by its bits unless they are those of +0, the default; -0 is written.</summary>
    public void WriteFixed64UnlessZero(int field, long bits)
    {
        if (bits != 0)
        {
            WriteFixed64(field, bits);
        }
    }

    /// <summary>Writes tag and length of a length-delimited field; its content follows.</summary>
    public void WriteLength(int field, int length)
    {
        WriteRaw(ProtoReader.Tag(field, WireType.LengthDelimited));
        WriteRaw((ulong)length);
    }

    /// <summary>Writes a length-delimited field.</summary>
    public void WriteBytes(int field, ReadOnlySpan<byte> bytes)
    {
        WriteLength(field, bytes.Length);
        WriteRaw(bytes);
    }

    /// <summary>Copies bytes as they are.</summary>
    public void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[Written..]);
        Written += bytes.Length;
    }
}
