using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RemoteStore.Chunks.Kernels;

namespace RemoteStore.Chunks.Integers;

/// <summary>Decodes a column that <see cref="IntegerColumnEncoder"/> wrote. Everything from the header is checked before a pointer depends on it.</summary>
internal static unsafe class IntegerColumnDecoder
{
    /// <summary>Decodes the rest of a column whose kind byte was read.</summary>
    /// <param name="kind">The kind byte; only the bits of <see cref="ColumnKind"/> count.</param>
    /// <param name="header">At the byte behind the kind.</param>
    /// <param name="packed">Packed bytes of the chunk; the column's begin where it stands, and it is moved behind them.</param>
    /// <param name="destination">Room for the numbers and <see cref="ChunkLimits.DestinationPadding"/> more.</param>
    /// <param name="count">How many numbers, at least 1.</param>
    /// <param name="fixedAnchor">As it was when the column was planned.</param>
    /// <param name="finish">Applied to each number.</param>
    public static void Decode<TKernels, TFinish>(
        byte kind, ref ChunkHeaderReader header, ref PackedCursor packed, long* destination, int count, bool fixedAnchor, TFinish finish)
        where TKernels : struct, IColumnKernels
        where TFinish : struct, IFinish
    {
        int shift = 0;
        if ((kind & ColumnKind.Shifted) != 0)
        {
            shift = header.ReadByte();
            if (shift > 63)
            {
                ChunkFault.Field();
            }
        }

        long anchor = fixedAnchor ? header.ReadFixed64() : header.ReadSigned();
        switch (ColumnKind.Transform(kind))
        {
            case ColumnTransform.Constant:
                new Span<long>(destination, count).Fill(finish.Apply(anchor));
                break;
            case ColumnTransform.Plain:
                Frame<TKernels>(ref header, ref packed, destination, count);
                TKernels.AddAnchor(destination, count, anchor, shift, finish);
                break;
            case ColumnTransform.Delta:
                DecodeDelta<TKernels, TFinish>(ref header, ref packed, destination, count, anchor, shift, finish);
                break;
            case ColumnTransform.DeltaOfDelta:
                DecodeDeltaOfDelta<TKernels, TFinish>(ref header, ref packed, destination, count, anchor, shift, finish);
                break;
            case ColumnTransform.Sparse:
                DecodeSparse<TKernels, TFinish>(ref header, ref packed, destination, count, anchor, shift, finish);
                break;
            default:
                ChunkFault.Kind();
                break;
        }
    }

    private static void DecodeDelta<TKernels, TFinish>(
        ref ChunkHeaderReader header, ref PackedCursor packed, long* destination, int count, long anchor, int shift, TFinish finish)
        where TKernels : struct, IColumnKernels
        where TFinish : struct, IFinish
    {
        if (count < 2)
        {
            ChunkFault.Kind();
        }

        long start = header.ReadSigned();
        Frame<TKernels>(ref header, ref packed, destination + 1, count - 1);
        TKernels.Accumulate(destination, count, anchor, start, shift, finish);
    }

    private static void DecodeDeltaOfDelta<TKernels, TFinish>(
        ref ChunkHeaderReader header, ref PackedCursor packed, long* destination, int count, long anchor, int shift, TFinish finish)
        where TKernels : struct, IColumnKernels
        where TFinish : struct, IFinish
    {
        if (count < 3)
        {
            ChunkFault.Kind();
        }

        long step = header.ReadSigned();
        long start = header.ReadSigned();
        Frame<TKernels>(ref header, ref packed, destination + 2, count - 2);
        TKernels.AccumulateTwice(destination, count, anchor, step, start, shift, finish);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.NoInlining)] // its scratch memory would burden the frame of the other transforms
    private static void DecodeSparse<TKernels, TFinish>(
        ref ChunkHeaderReader header, ref PackedCursor packed, long* destination, int count, long anchor, int shift, TFinish finish)
        where TKernels : struct, IColumnKernels
        where TFinish : struct, IFinish
    {
        if (count < 2)
        {
            ChunkFault.Kind();
        }

        long start = header.ReadSigned();
        byte* bitmap = packed.Take((count + 6) >> 3);
        int changes = PopulationOf(bitmap, count - 1);
        if (changes == 0)
        {
            ChunkFault.Bitmap();
        }

        long* scratch = stackalloc long[ChunkLimits.MaxSamples + ChunkLimits.DestinationPadding];
        Frame<TKernels>(ref header, ref packed, scratch, changes);
        TKernels.Spread(bitmap, scratch, destination, count, anchor, start, shift, finish);
    }

    /// <summary>Set bits of a bitmap of <paramref name="bits"/> bits; those that fill its last byte must be zero.</summary>
    private static int PopulationOf(byte* bitmap, int bits)
    {
        int set = 0;
        int at = 0;
        for (; bits >= 64; bits -= 64, at += 8)
        {
            set += BitOperations.PopCount(Unsafe.ReadUnaligned<ulong>(bitmap + at));
        }

        // Safety: the eight bytes read here may reach behind the bitmap, into packed bytes that follow or into the padding.
        ulong rest = Unsafe.ReadUnaligned<ulong>(bitmap + at);
        rest = BitConverter.IsLittleEndian ? rest : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(rest);
        int restBytes = (bits + 7) >> 3;
        ulong inBytes = restBytes == 8 ? rest : rest & ((1UL << (8 * restBytes)) - 1);
        if (inBytes >> bits != 0)
        {
            ChunkFault.Bitmap();
        }

        return set + BitOperations.PopCount(inBytes);
    }

    private static void Frame<TKernels>(ref ChunkHeaderReader header, ref PackedCursor packed, long* destination, int count)
        where TKernels : struct, IColumnKernels
    {
        int width = header.ReadByte();
        bool patched = (width & ColumnKind.Patched) != 0;
        width &= ~ColumnKind.Patched;
        if (width > ChunkLimits.MaxPackedWidth && (width != 64 || patched))
        {
            ChunkFault.Field();
        }

        TKernels.Unpack(packed.Take(((count * width) + 7) >> 3), width, destination, count);
        if (patched)
        {
            Patch(ref header, destination, count, width);
        }
    }

    private static void Patch(ref ChunkHeaderReader header, long* values, int count, int width)
    {
        int patches = header.ReadCount(count);
        int next = 0;
        for (int i = 0; i < patches; i++)
        {
            ulong gap = header.ReadVarint();
            if (gap >= (ulong)(count - next))
            {
                ChunkFault.Position();
            }

            int at = next + (int)gap;
            values[at] += header.ReadSigned() << width;
            next = at + 1;
        }
    }
}

/// <summary>Where in the packed bytes of a chunk the next part begins.</summary>
[StructLayout(LayoutKind.Auto)]
internal unsafe ref struct PackedCursor
{
    private readonly byte* _start;
    private readonly int _length;
    private int _position;

    /// <param name="start">Pinned; followed by <see cref="ChunkLimits.SourcePadding"/> readable bytes behind <paramref name="length"/>.</param>
    /// <param name="length">Packed bytes of the chunk.</param>
    public PackedCursor(byte* start, int length)
    {
        _start = start;
        _length = length;
        _position = 0;
    }

    /// <summary>Bytes handed out.</summary>
    public readonly int Position => _position;

    /// <summary>Hands out the next bytes.</summary>
    /// <exception cref="InvalidDataException">There are fewer.</exception>
    public byte* Take(int bytes)
    {
        if (bytes > _length - _position)
        {
            ChunkFault.Packed();
        }

        byte* part = _start + _position;
        _position += bytes;
        return part;
    }

    /// <summary>Checks that all bytes were taken.</summary>
    public readonly void RequireEnd()
    {
        if (_position != _length)
        {
            ChunkFault.Packed();
        }
    }
}
