using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Chunks;

/// <summary>Reads a header stream: what describes chunks, one after another. Every read behind the end throws <see cref="InvalidDataException"/>.</summary>
public ref struct ChunkHeaderReader
{
    private readonly ReadOnlySpan<byte> _source;
    private int _position;

    /// <summary>Reads all of <paramref name="source"/> from its start.</summary>
    public ChunkHeaderReader(ReadOnlySpan<byte> source)
    {
        _source = source;
        _position = 0;
    }

    /// <summary>Offset of the next byte to read; may be set to any offset within the source.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value lies outside the source.</exception>
    public int Position
    {
        readonly get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)value, (uint)_source.Length, nameof(value));
            _position = value;
        }
    }

    /// <summary>Bytes not yet read.</summary>
    public readonly int Remaining => _source.Length - _position;

    /// <summary>Reads one byte.</summary>
    /// <exception cref="InvalidDataException">The source has ended.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte ReadByte()
    {
        int position = _position;
        if ((uint)position >= (uint)_source.Length)
        {
            ThrowEnd();
        }

        _position = position + 1;
        return _source[position];
    }

    /// <summary>Reads an unsigned base-128 varint.</summary>
    /// <exception cref="InvalidDataException">The source has ended, or the varint overflows 64 bits.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ulong ReadVarint()
    {
        int position = _position;
        if ((uint)position < (uint)_source.Length && _source[position] < 0x80)
        {
            _position = position + 1;
            return _source[position];
        }

        return ReadLongVarint();
    }

    /// <summary>Reads a zigzag varint.</summary>
    /// <exception cref="InvalidDataException">The source has ended, or the varint overflows 64 bits.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long ReadSigned() => Varint.UnZigZag(ReadVarint());

    /// <summary>Reads a varint that must not exceed <paramref name="maximum"/>.</summary>
    /// <exception cref="InvalidDataException">It does, or the source has ended.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int ReadCount(int maximum)
    {
        ulong value = ReadVarint();
        if (value > (uint)maximum)
        {
            ThrowCount();
        }

        return (int)value;
    }

    /// <summary>Reads eight bytes, little-endian.</summary>
    /// <exception cref="InvalidDataException">The source has ended.</exception>
    public long ReadFixed64() => BinaryPrimitives.ReadInt64LittleEndian(ReadBytes(sizeof(long)));

    /// <summary>Reads <paramref name="count"/> bytes; the span lives as long as the source.</summary>
    /// <exception cref="InvalidDataException">The source has fewer.</exception>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if ((uint)count > (uint)Remaining)
        {
            ThrowEnd();
        }

        ReadOnlySpan<byte> bytes = _source.Slice(_position, count);
        _position += count;
        return bytes;
    }

    private ulong ReadLongVarint()
    {
        if (!Varint.TryRead(_source, ref _position, out ulong value))
        {
            _position = Math.Min(_position, _source.Length);
            ThrowEnd();
        }

        return value;
    }

    [DoesNotReturn]
    private static void ThrowEnd() => throw new InvalidDataException("the header of a chunk ends early or holds an overlong number");

    [DoesNotReturn]
    private static void ThrowCount() => throw new InvalidDataException("a count in the header of a chunk is out of range");
}
