namespace RemoteStore.Primitives.Encoding;

/// <summary>Bytes that grow at the end; cleared and used again rather than allocated anew.</summary>
/// <remarks>Not safe for concurrent use. Spans are valid until the next change.</remarks>
public sealed class ByteBuffer
{
    private byte[] _bytes = new byte[256];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>The bytes written, to change some of them after the fact.</summary>
    public Span<byte> WrittenSpan => _bytes.AsSpan(0, Length);

    /// <summary>The bytes written, for asynchronous I/O.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    /// <summary>Forgets the content, keeps the memory.</summary>
    public void Clear() => Length = 0;

    /// <summary>Forgets all but the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)Length, nameof(length));
        Length = length;
    }

    /// <summary>Room for at least <paramref name="count"/> bytes behind the written ones; <see cref="Advance"/> counts what was used.</summary>
    public Span<byte> Reserve(int count)
    {
        int needed = checked(Length + count);
        if (needed > _bytes.Length)
        {
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(needed, _bytes.Length * 2L)));
        }

        return _bytes.AsSpan(Length);
    }

    /// <summary>Counts bytes that were written to the span of <see cref="Reserve"/>.</summary>
    public void Advance(int count) => Length += count;

    /// <summary>Appends bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Appends one byte.</summary>
    public void Add(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    /// <summary>Appends a base-128 varint.</summary>
    public void AddVarint(ulong value) => Length += Varint.Write(Reserve(Varint.MaxLength), value);
}
