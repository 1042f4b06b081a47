using System.Numerics;
using RemoteStore.Chunks.Integers;
using RemoteStore.Chunks.Values;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Chunks;

/// <summary>
/// Encodes runs of float values, every bit pattern as it was. Domains are tried in a fixed order (decimals, products, decimals with residual, bits), the
/// smallest wins, and the search ends early when one is small enough: the bytes depend on the values alone.
/// </summary>
/// <remarks>Keeps scratch memory; not safe for concurrent use.</remarks>
public sealed class ValueChunkEncoder
{
    private readonly IntegerColumnEncoder _column = new();
    private readonly DecimalSearch _decimals = new();
    private readonly ProductSearch _products = new();
    private readonly ResidualSearch _residuals = new();
    private readonly long[] _signLast = new long[ChunkLimits.MaxSamples];

    /// <summary>Appends one chunk.</summary>
    /// <param name="valueBits">1 to <see cref="ChunkLimits.MaxSamples"/> values as IEEE 754 bits.</param>
    /// <param name="hint">What the series' last chunk left there; changed to tell of this one. The bytes do not depend on it.</param>
    /// <param name="header">Gets the header bytes, which tell their own length.</param>
    /// <param name="packed">Gets the packed bytes, perhaps none; the caller keeps their number.</param>
    /// <exception cref="ArgumentException">There are none or too many values.</exception>
    public void Encode(ReadOnlySpan<long> valueBits, ref CodecHint hint, ByteBuffer header, ByteBuffer packed)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(packed);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(valueBits.Length - 1), ChunkLimits.MaxSamples - 1u, nameof(valueBits));
        if (!valueBits.ContainsAnyExcept(valueBits[0]))
        {
            WriteConstant(valueBits[0], header);
            return;
        }

        ValuePlan plan = Choose(valueBits, ref hint);
        Write(plan, valueBits, header, packed);
    }

    private static void WriteConstant(long bits, ByteBuffer header)
    {
        int exponent = DecimalScale.LeastExponent(bits);
        if (exponent >= 0 && DecimalScale.TryQuotient(bits, DecimalScale.Powers[exponent], out long integer))
        {
            header.Add(exponent > 0 ? ValueKind.HasExponent : (byte)0);
            if (exponent > 0)
            {
                header.Add((byte)exponent);
            }

            header.AddVarint(Varint.ZigZag(integer));
            return;
        }

        header.Add((byte)ValueDomain.Bits);
        System.Buffers.Binary.BinaryPrimitives.WriteInt64LittleEndian(header.Reserve(sizeof(long)), bits);
        header.Advance(sizeof(long));
    }

    private ValuePlan Choose(ReadOnlySpan<long> valueBits, ref CodecHint hint)
    {
        int count = valueBits.Length;
        ValuePlan best = default;
        if (_decimals.TryFind(valueBits, hint, out int exponent))
        {
            hint.SetDecimal(exponent);
            ColumnPlan column = _column.Plan(_decimals.Integers.AsSpan(0, count), fixedAnchor: false);
            best = new ValuePlan(ValueDomain.Decimal, 0, exponent, column, default, _decimals.Exceptions);
            if (best.IsSmallEnough(count))
            {
                return best;
            }
        }
        else
        {
            hint.SetNotDecimal();
        }

        if (_products.TryFind(valueBits, out exponent))
        {
            ColumnPlan column = _column.Plan(_products.Integers.AsSpan(0, count), fixedAnchor: false);
            best = best.OrLesser(new ValuePlan(ValueDomain.Extended, ExtendedDomain.Product, exponent, column, default, _products.Exceptions));
            if (best.IsSmallEnough(count))
            {
                return best;
            }
        }

        if (_residuals.TryFind(valueBits, out exponent))
        {
            ColumnPlan column = _column.Plan(_residuals.Integers.AsSpan(0, count), fixedAnchor: false);
            ColumnPlan second = _column.Plan(_residuals.Residuals.AsSpan(0, count), fixedAnchor: false);
            best = best.OrLesser(new ValuePlan(ValueDomain.Extended, ExtendedDomain.DecimalAndResidual, exponent, column, second, _residuals.Exceptions));
        }

        best = best.OrLesser(new ValuePlan(ValueDomain.Bits, 0, 0, _column.Plan(valueBits, fixedAnchor: true), default, null));
        return HasBothSigns(valueBits)
            ? best.OrLesser(new ValuePlan(ValueDomain.SignLastBits, 0, 0, _column.Plan(SignLast(valueBits), fixedAnchor: true), default, null))
            : best;
    }

    private void Write(in ValuePlan plan, ReadOnlySpan<long> valueBits, ByteBuffer header, ByteBuffer packed)
    {
        bool isExtended = plan.Domain == ValueDomain.Extended;
        header.Add((byte)((int)plan.Domain | plan.Column.Kind | (plan.ExceptionCount > 0 ? ValueKind.Exceptions : 0)
            | (plan.Exponent > 0 ? ValueKind.HasExponent : 0)));
        if (isExtended)
        {
            header.Add((byte)plan.Extended);
        }

        if (plan.Exponent > 0)
        {
            header.Add((byte)plan.Exponent);
        }

        int count = valueBits.Length;
        switch (plan.Domain, plan.Extended)
        {
            case (ValueDomain.Decimal, _):
                _column.Write(plan.Column, _decimals.Integers.AsSpan(0, count), header, packed);
                break;
            case (ValueDomain.Extended, ExtendedDomain.Product):
                _column.Write(plan.Column, _products.Integers.AsSpan(0, count), header, packed);
                break;
            case (ValueDomain.Extended, _):
                _column.Write(plan.Column, _residuals.Integers.AsSpan(0, count), header, packed);
                header.Add(plan.Second.Kind);
                _column.Write(plan.Second, _residuals.Residuals.AsSpan(0, count), header, packed);
                break;
            case (ValueDomain.Bits, _):
                _column.Write(plan.Column, valueBits, header, packed);
                break;
            default:
                _column.Write(plan.Column, SignLast(valueBits), header, packed);
                break;
        }

        plan.Exceptions?.Write(valueBits, header);
    }

    private ReadOnlySpan<long> SignLast(ReadOnlySpan<long> valueBits)
    {
        Span<long> rotated = _signLast.AsSpan(0, valueBits.Length);
        for (int i = 0; i < rotated.Length; i++)
        {
            rotated[i] = (long)BitOperations.RotateLeft((ulong)valueBits[i], 1);
        }

        return rotated;
    }

    private static bool HasBothSigns(ReadOnlySpan<long> valueBits)
    {
        long all = -1;
        long any = 0;
        foreach (long bits in valueBits)
        {
            all &= bits;
            any |= bits;
        }

        return (all ^ any) < 0;
    }
}
