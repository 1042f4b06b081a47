using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace RemoteStore.Chunks.Kernels;

/// <summary>Plain loops: the oracle of the others, and the way on machines without their instructions.</summary>
internal readonly unsafe struct ScalarKernels : IColumnKernels
{
    public static void Unpack(byte* source, int width, long* destination, int count)
    {
        if (width == 0)
        {
            new Span<long>(destination, count).Clear();
            return;
        }

        if (width == 64)
        {
            for (int i = 0; i < count; i++)
            {
                destination[i] = (long)Load(source + (i * 8L));
            }

            return;
        }

        // Safety: the last number begins before the end of the packed bytes; its eight bytes reach at most seven behind, into the padding.
        ulong mask = (1UL << width) - 1;
        uint bit = 0;
        for (int i = 0; i < count; i++)
        {
            destination[i] = (long)((Load(source + (bit >> 3)) >> (int)(bit & 7)) & mask);
            bit += (uint)width;
        }
    }

    public static void AddAnchor<TFinish>(long* values, int count, long anchor, int shift, TFinish finish)
        where TFinish : struct, IFinish
    {
        for (int i = 0; i < count; i++)
        {
            values[i] = finish.Apply(anchor + (values[i] << shift));
        }
    }

    public static void Accumulate<TFinish>(long* values, int count, long anchor, long start, int shift, TFinish finish)
        where TFinish : struct, IFinish
    {
        long value = anchor;
        values[0] = finish.Apply(value);
        for (int i = 1; i < count; i++)
        {
            value += (start + values[i]) << shift;
            values[i] = finish.Apply(value);
        }
    }

    public static void AccumulateTwice<TFinish>(long* values, int count, long anchor, long step, long start, int shift, TFinish finish)
        where TFinish : struct, IFinish
    {
        long value = anchor;
        values[0] = finish.Apply(value);
        value += step << shift;
        values[1] = finish.Apply(value);
        for (int i = 2; i < count; i++)
        {
            step += start + values[i];
            value += step << shift;
            values[i] = finish.Apply(value);
        }
    }

    public static void Spread<TFinish>(byte* bitmap, long* changes, long* values, int count, long anchor, long start, int shift, TFinish finish)
        where TFinish : struct, IFinish
    {
        long value = anchor;
        values[0] = finish.Apply(value);
        for (int i = 1; i < count; i++)
        {
            // Without a branch: which samples change is what no predictor knows.
            long bit = (bitmap[(i - 1) >> 3] >> ((i - 1) & 7)) & 1;
            value += ((start + *changes) << shift) & -bit;
            changes += bit;
            values[i] = finish.Apply(value);
        }
    }

    public static void Add(long* values, long* addends, int count)
    {
        for (int i = 0; i < count; i++)
        {
            values[i] += addends[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Load(byte* source)
    {
        ulong bits = Unsafe.ReadUnaligned<ulong>(source);
        return BitConverter.IsLittleEndian ? bits : BinaryPrimitives.ReverseEndianness(bits);
    }
}
