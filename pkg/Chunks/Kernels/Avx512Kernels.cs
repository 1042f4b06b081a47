using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RemoteStore.Chunks.Kernels;

/// <summary>Kernels for x86-64 with AVX-512 and its byte permutations, eight numbers at a time.</summary>
internal readonly unsafe struct Avx512Kernels : IColumnKernels
{
    public static void Unpack(byte* source, int width, long* destination, int count)
    {
        if (width is 0 or 64)
        {
            ScalarKernels.Unpack(source, width, destination, count);
            return;
        }

        byte* table = UnpackTable.Of(width);
        Vector512<byte> places = Vector512.Load(table + UnpackTable.Bytes);
        Vector512<ulong> shifts = Vector512.Load((ulong*)(table + UnpackTable.Shifts));
        Vector512<ulong> mask = Vector512.Create((1UL << width) - 1);

        // Safety: a group of eight begins within the packed bytes and reads 64 from there, no more than the padding.
        for (int i = 0; i < count; i += 8)
        {
            Vector512<ulong> bytes = Avx512Vbmi.PermuteVar64x8(Vector512.Load(source), places).AsUInt64();
            (Avx512F.ShiftRightLogicalVariable(bytes, shifts) & mask).Store((ulong*)destination + i);
            source += width;
        }
    }

    public static void AddAnchor<TFinish>(long* values, int count, long anchor, int shift, TFinish finish)
        where TFinish : struct, IFinish
    {
        Vector512<long> anchors = Vector512.Create(anchor);
        Vector128<long> shifts = Vector128.CreateScalar((long)shift);
        for (int i = 0; i < count; i += 8)
        {
            finish.Apply(Avx512F.ShiftLeftLogical(Vector512.Load(values + i), shifts) + anchors).Store(values + i);
        }
    }

    public static void Accumulate<TFinish>(long* values, int count, long anchor, long start, int shift, TFinish finish)
        where TFinish : struct, IFinish
    {
        Vector512<long> starts = Vector512.Create(start);
        Vector128<long> shifts = Vector128.CreateScalar((long)shift);
        Vector512<long> carry = Vector512.Create(anchor);
        values[0] = finish.Apply(anchor);
        for (int i = 1; i < count; i += 8)
        {
            Vector512<long> sums = PrefixSum(Avx512F.ShiftLeftLogical(Vector512.Load(values + i) + starts, shifts));
            finish.Apply(sums + carry).Store(values + i);
            carry += Last(sums);
        }
    }

    public static void AccumulateTwice<TFinish>(long* values, int count, long anchor, long step, long start, int shift, TFinish finish)
        where TFinish : struct, IFinish
    {
        Vector512<long> starts = Vector512.Create(start);
        Vector128<long> shifts = Vector128.CreateScalar((long)shift);
        Vector512<long> stepCarry = Vector512.Create(step);
        Vector512<long> carry = Vector512.Create(anchor + (step << shift));
        values[0] = finish.Apply(anchor);
        values[1] = finish.Apply(anchor + (step << shift));
        for (int i = 2; i < count; i += 8)
        {
            Vector512<long> steps = PrefixSum(Vector512.Load(values + i) + starts);
            Vector512<long> sums = PrefixSum(Avx512F.ShiftLeftLogical(steps + stepCarry, shifts));
            stepCarry += Last(steps);
            finish.Apply(sums + carry).Store(values + i);
            carry += Last(sums);
        }
    }

    public static void Spread<TFinish>(byte* bitmap, long* changes, long* values, int count, long anchor, long start, int shift, TFinish finish)
        where TFinish : struct, IFinish
    {
        Vector512<long> starts = Vector512.Create(start);
        Vector128<long> shifts = Vector128.CreateScalar((long)shift);
        Vector512<long> carry = Vector512.Create(anchor);
        Vector512<long> bits = Vector512.Create(1L, 2, 4, 8, 16, 32, 64, 128);
        values[0] = finish.Apply(anchor);

        // Safety: bits behind the last one of the bitmap are zero in its last byte, so that at most the changes there are and seven more are read.
        for (int i = 1; i < count; i += 8)
        {
            byte eight = *bitmap++;
            Vector512<long> present = Vector512.Equals(Vector512.Create((long)eight) & bits, bits);
            Vector512<long> changed = Avx512F.ShiftLeftLogical(Vector512.Load(changes) + starts, shifts);
            Vector512<long> sums = PrefixSum(Avx512F.Expand(Vector512<long>.Zero, present, changed));
            finish.Apply(sums + carry).Store(values + i);
            carry += Last(sums);
            changes += BitOperations.PopCount(eight);
        }
    }

    public static void Add(long* values, long* addends, int count)
    {
        for (int i = 0; i < count; i += 8)
        {
            (Vector512.Load(values + i) + Vector512.Load(addends + i)).Store(values + i);
        }
    }

    /// <summary>Each number plus all before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // the loop around it keeps its carry in a register
    private static Vector512<long> PrefixSum(Vector512<long> numbers)
    {
        numbers += Avx512F.AlignRight64(numbers, Vector512<long>.Zero, 7);
        numbers += Avx512F.AlignRight64(numbers, Vector512<long>.Zero, 6);
        return numbers + Avx512F.AlignRight64(numbers, Vector512<long>.Zero, 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<long> Last(Vector512<long> numbers) => Avx512F.PermuteVar8x64(numbers, Vector512.Create(7L));
}
