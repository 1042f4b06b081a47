using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Wire.RemoteRead;

/// <summary>
/// Builds nested messages in one growing buffer. The length of a nested message is known at its end only: room for the longest is left before it, and the
/// message is moved back to close the gap, so that lengths stay minimal.
/// </summary>
public sealed class NestedWriter
{
    private const int LengthRoom = 5;
    private byte[] _buffer = new byte[4096];

    /// <summary>What was written; nested messages must have ended.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>Forgets what was written, keeps the memory.</summary>
    public void Clear() => Length = 0;

    /// <summary>Begins a nested message.</summary>
    /// <returns>What <see cref="End"/> wants.</returns>
    public int Begin(int field)
    {
        Advance(Primitives.Encoding.Varint.Write(Room(Primitives.Encoding.Varint.MaxLength), ProtoReader.Tag(field, WireType.LengthDelimited)));
        int start = Length;
        Room(LengthRoom);
        Advance(LengthRoom);
        return start;
    }

    /// <summary>Ends the message begun last.</summary>
    public void End(int start)
    {
        int content = start + LengthRoom;
        int length = Length - content;
        int prefix = Primitives.Encoding.Varint.Write(_buffer.AsSpan(start), (ulong)length);
        _buffer.AsSpan(content, length).CopyTo(_buffer.AsSpan(start + prefix));
        Length = start + prefix + length;
    }

    /// <summary>Writes a varint field; zero, the default, is left out.</summary>
    public void Varint(int field, ulong value)
    {
        if (value != 0)
        {
            RepeatedVarint(field, value);
        }
    }

    /// <summary>Writes an element of a repeated varint field; zero counts as well.</summary>
    public void RepeatedVarint(int field, ulong value)
    {
        var writer = new ProtoWriter(Room(2 * Primitives.Encoding.Varint.MaxLength));
        writer.WriteVarint(field, value);
        Advance(writer.Written);
    }

    /// <summary>Writes a length-delimited field; an empty one is left out.</summary>
    public void Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        var writer = new ProtoWriter(Room(checked((2 * Primitives.Encoding.Varint.MaxLength) + bytes.Length)));
        writer.WriteBytes(field, bytes);
        Advance(writer.Written);
    }

    /// <summary>Copies bytes as they are.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Advance(bytes.Length);
    }

    /// <summary>At least <paramref name="size"/> bytes to write to.</summary>
    public Span<byte> Room(int size)
    {
        int needed = checked(Length + size);
        if (needed > _buffer.Length)
        {
            Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(needed, _buffer.Length * 2L)));
        }

        return _buffer.AsSpan(Length);
    }

    /// <summary>Counts bytes written to <see cref="Room"/>.</summary>
    public void Advance(int size) => Length += size;
}
