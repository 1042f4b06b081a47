using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RemoteStore.Chunks.Kernels;

/// <summary>
/// What is done to the integers of a column before they are stored: one pass less over the numbers than doing it afterwards. Each form gives the same bits; those of vectors are
/// called by the kernels of their level alone.
/// </summary>
internal interface IFinish
{
    long Apply(long value);

    Vector256<long> Apply(Vector256<long> values);

    Vector512<long> Apply(Vector512<long> values);
}

/// <summary>Integers stay.</summary>
internal readonly struct AsIntegers : IFinish
{
    public long Apply(long value) => value;

    public Vector256<long> Apply(Vector256<long> values) => values;

    public Vector512<long> Apply(Vector512<long> values) => values;
}

/// <summary>Integers become the bits of the nearest floats.</summary>
internal readonly struct AsFloats : IFinish
{
    public long Apply(long value) => BitConverter.DoubleToInt64Bits(value);

    public Vector256<long> Apply(Vector256<long> values) => Avx2Kernels.ToDouble(values).AsInt64();

    public Vector512<long> Apply(Vector512<long> values) => Avx512DQ.ConvertToVector512Double(values).AsInt64();
}

/// <summary>Integers become the bits of floats divided by a number.</summary>
internal readonly struct AsQuotients(double divisor) : IFinish
{
    public long Apply(long value) => BitConverter.DoubleToInt64Bits(value / divisor);

    public Vector256<long> Apply(Vector256<long> values) => (Avx2Kernels.ToDouble(values) / Vector256.Create(divisor)).AsInt64();

    public Vector512<long> Apply(Vector512<long> values) => (Avx512DQ.ConvertToVector512Double(values) / Vector512.Create(divisor)).AsInt64();
}

/// <summary>Integers become the bits of floats multiplied by a number.</summary>
internal readonly struct AsProducts(double factor) : IFinish
{
    public long Apply(long value) => BitConverter.DoubleToInt64Bits(value * factor);

    public Vector256<long> Apply(Vector256<long> values) => (Avx2Kernels.ToDouble(values) * Vector256.Create(factor)).AsInt64();

    public Vector512<long> Apply(Vector512<long> values) => (Avx512DQ.ConvertToVector512Double(values) * Vector512.Create(factor)).AsInt64();
}

/// <summary>Each is rotated by one bit to the right.</summary>
internal readonly struct AsRotated : IFinish
{
    public long Apply(long value) => (long)BitOperations.RotateRight((ulong)value, 1);

    public Vector256<long> Apply(Vector256<long> values) => Vector256.ShiftRightLogical(values, 1) | Vector256.ShiftLeft(values, 63);

    public Vector512<long> Apply(Vector512<long> values) => Avx512F.RotateRight(values, 1);
}
