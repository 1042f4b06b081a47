using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RemoteStore.Chunks.Kernels;

/// <summary>Kernels for x86-64 with AVX2, four numbers at a time.</summary>
internal readonly unsafe struct Avx2Kernels : IColumnKernels
{
    // Which numbers of four consecutive ones go to which place, for each pattern of four bits; pairs of 32-bit lanes.
    private static readonly Vector256<int>[] s_spread = BuildSpread();

    public static void Unpack(byte* source, int width, long* destination, int count)
    {
        if (width is 0 or 64)
        {
            ScalarKernels.Unpack(source, width, destination, count);
            return;
        }

        byte* table = UnpackTable.Of(width);
        Vector256<byte> shuffle0 = Vector256.Load(table + UnpackTable.PairBytes);
        Vector256<byte> shuffle1 = Vector256.Load(table + UnpackTable.PairBytes + 32);
        Vector256<ulong> shift0 = Vector256.Load((ulong*)(table + UnpackTable.Shifts));
        Vector256<ulong> shift1 = Vector256.Load((ulong*)(table + UnpackTable.Shifts + 32));
        int* starts = (int*)(table + UnpackTable.PairStarts);
        nint start1 = starts[1];
        nint start2 = starts[2];
        nint start3 = starts[3];
        Vector256<ulong> mask = Vector256.Create((1UL << width) - 1);

        // Safety: a group of eight begins within the packed bytes and reads at most 58 bytes from there, less than the padding.
        for (int i = 0; i < count; i += 8)
        {
            Vector256<byte> bytes0 = Vector256.Create(Vector128.Load(source), Vector128.Load(source + start1));
            Vector256<byte> bytes1 = Vector256.Create(Vector128.Load(source + start2), Vector128.Load(source + start3));
            Vector256<ulong> numbers0 = Avx2.ShiftRightLogicalVariable(Avx2.Shuffle(bytes0, shuffle0).AsUInt64(), shift0) & mask;
            Vector256<ulong> numbers1 = Avx2.ShiftRightLogicalVariable(Avx2.Shuffle(bytes1, shuffle1).AsUInt64(), shift1) & mask;
            numbers0.Store((ulong*)destination + i);
            numbers1.Store((ulong*)destination + i + 4);
            source += width;
        }
    }

    public static void AddAnchor<TFinish>(long* values, int count, long anchor, int shift, TFinish finish)
        where TFinish : struct, IFinish
    {
        Vector256<long> anchors = Vector256.Create(anchor);
        Vector128<long> shifts = Vector128.CreateScalar((long)shift);
        for (int i = 0; i < count; i += 4)
        {
            finish.Apply(Avx2.ShiftLeftLogical(Vector256.Load(values + i), shifts) + anchors).Store(values + i);
        }
    }

    public static void Accumulate<TFinish>(long* values, int count, long anchor, long start, int shift, TFinish finish)
        where TFinish : struct, IFinish
    {
        Vector256<long> starts = Vector256.Create(start);
        Vector128<long> shifts = Vector128.CreateScalar((long)shift);
        Vector256<long> carry = Vector256.Create(anchor);
        values[0] = finish.Apply(anchor);
        for (int i = 1; i < count; i += 4)
        {
            Vector256<long> sums = PrefixSum(Avx2.ShiftLeftLogical(Vector256.Load(values + i) + starts, shifts));
            finish.Apply(sums + carry).Store(values + i);
            carry += Last(sums);
        }
    }

    public static void AccumulateTwice<TFinish>(long* values, int count, long anchor, long step, long start, int shift, TFinish finish)
        where TFinish : struct, IFinish
    {
        Vector256<long> starts = Vector256.Create(start);
        Vector128<long> shifts = Vector128.CreateScalar((long)shift);
        Vector256<long> stepCarry = Vector256.Create(step);
        Vector256<long> carry = Vector256.Create(anchor + (step << shift));
        values[0] = finish.Apply(anchor);
        values[1] = finish.Apply(anchor + (step << shift));
        for (int i = 2; i < count; i += 4)
        {
            Vector256<long> steps = PrefixSum(Vector256.Load(values + i) + starts);
            Vector256<long> sums = PrefixSum(Avx2.ShiftLeftLogical(steps + stepCarry, shifts));
            stepCarry += Last(steps);
            finish.Apply(sums + carry).Store(values + i);
            carry += Last(sums);
        }
    }

    public static void Spread<TFinish>(byte* bitmap, long* changes, long* values, int count, long anchor, long start, int shift, TFinish finish)
        where TFinish : struct, IFinish
    {
        Vector256<long> starts = Vector256.Create(start);
        Vector128<long> shifts = Vector128.CreateScalar((long)shift);
        Vector256<long> carry = Vector256.Create(anchor);
        Vector256<long> bits = Vector256.Create(1L, 2, 4, 8);
        ref Vector256<int> places = ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(s_spread);
        values[0] = finish.Apply(anchor);

        // Safety: bits behind the last one of the bitmap are zero in its last byte, so that at most the changes there are and three more are read.
        for (int i = 1; i < count; i += 4)
        {
            int four = (bitmap[(i - 1) >> 3] >> ((i - 1) & 4)) & 15;
            Vector256<long> present = Vector256.Equals(Vector256.Create((long)four) & bits, bits);
            Vector256<long> spread = Avx2.PermuteVar8x32(Vector256.Load(changes).AsInt32(), Unsafe.Add(ref places, four)).AsInt64();
            Vector256<long> sums = PrefixSum(Avx2.ShiftLeftLogical(spread + starts, shifts) & present);
            finish.Apply(sums + carry).Store(values + i);
            carry += Last(sums);
            changes += BitOperations.PopCount((uint)four);
        }
    }

    public static void Add(long* values, long* addends, int count)
    {
        for (int i = 0; i < count; i += 4)
        {
            (Vector256.Load(values + i) + Vector256.Load(addends + i)).Store(values + i);
        }
    }

    /// <summary>Each number plus all before it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // the loop around it keeps its carry in a register
    private static Vector256<long> PrefixSum(Vector256<long> numbers)
    {
        Vector256<long> byOne = Avx2.Blend(Avx2.Permute4x64(numbers, 0b10_01_00_00).AsInt32(), Vector256<int>.Zero, 0b0000_0011).AsInt64();
        numbers += byOne;
        return numbers + Avx2.Permute2x128(numbers, numbers, 0x08);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<long> Last(Vector256<long> numbers) => Avx2.Permute4x64(numbers, 0b11_11_11_11);

    /// <summary>
    /// The nearest floats of any 64-bit integers, rounded once as a scalar conversion does: the upper 16 and the lower 48 bits are each put into the mantissa of a float
    /// whose exponent gives them their place. Taking the constants away is exact, only the last addition rounds.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> ToDouble(Vector256<long> integers)
    {
        Vector256<short> high = Avx2.ShiftRightArithmetic(integers.AsInt32(), 16).AsInt16();
        high = Avx2.Blend(high, Vector256<short>.Zero, 0x33);
        Vector256<double> upper = (high.AsInt64() + Vector256.Create(442721857769029238784.0).AsInt64()).AsDouble(); // 3 * 2^67
        Vector256<double> lower = Avx2.Blend(integers.AsInt16(), Vector256.Create(4503599627370496.0).AsInt16(), 0x88).AsDouble(); // 2^52
        return (upper - Vector256.Create(442726361368656609280.0)) + lower; // 3 * 2^67 + 2^52
    }

    private static Vector256<int>[] BuildSpread()
    {
        var places = new Vector256<int>[16];
        Span<int> lanes = stackalloc int[8];
        for (int bits = 0; bits < places.Length; bits++)
        {
            for (int i = 0; i < 4; i++)
            {
                int from = BitOperations.PopCount((uint)(bits & ((1 << i) - 1)));
                lanes[2 * i] = 2 * from;
                lanes[(2 * i) + 1] = (2 * from) + 1;
            }

            places[bits] = Vector256.Create<int>(lanes);
        }

        return places;
    }
}
