using System.Buffers.Binary;
using System.Numerics;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Chunks.Integers;

/// <summary>Encodes columns of 1 to <see cref="ChunkLimits.MaxSamples"/> integers: weighs the transforms by exact size and writes the smallest.</summary>
/// <remarks>Keeps scratch memory; not safe for concurrent use. Of equal sizes the transform with the lower number wins, so that results repeat.</remarks>
internal sealed class IntegerColumnEncoder
{
    private readonly long[] _units = new long[ChunkLimits.MaxSamples];
    private readonly long[] _deltas = new long[ChunkLimits.MaxSamples];
    private readonly long[] _second = new long[ChunkLimits.MaxSamples];
    private readonly long[] _changes = new long[ChunkLimits.MaxSamples];

    /// <summary>Chooses how <paramref name="values"/> are written.</summary>
    public ColumnPlan Plan(ReadOnlySpan<long> values, bool fixedAnchor)
    {
        int count = values.Length;
        int anchorBytes = AnchorBytes(values[0], fixedAnchor);
        int shift = CommonShift(values);
        if (shift < 0)
        {
            return new ColumnPlan(ColumnTransform.Constant, 0, fixedAnchor, default, anchorBytes, 0);
        }

        ReadOnlySpan<long> units = Units(values, shift);
        int shiftBytes = shift > 0 ? 1 : 0;

        FramePlan frame = FrameOfReference.Plan(units);
        int header = shiftBytes + AnchorBytes(PlainAnchor(values[0], frame.Base, shift), fixedAnchor) + frame.HeaderBytes;
        var best = new ColumnPlan(ColumnTransform.Plain, shift, fixedAnchor, frame, header, frame.PackedBytes(count));

        ReadOnlySpan<long> deltas = Deltas(units);
        frame = FrameOfReference.Plan(deltas);
        header = shiftBytes + anchorBytes + SignedBytes(frame.Base) + frame.HeaderBytes;
        best = Lesser(best, new ColumnPlan(ColumnTransform.Delta, shift, fixedAnchor, frame, header, frame.PackedBytes(count - 1)));

        if (count > 2)
        {
            frame = FrameOfReference.Plan(Second(deltas));
            header = shiftBytes + anchorBytes + SignedBytes(deltas[0]) + SignedBytes(frame.Base) + frame.HeaderBytes;
            best = Lesser(best, new ColumnPlan(ColumnTransform.DeltaOfDelta, shift, fixedAnchor, frame, header, frame.PackedBytes(count - 2)));
        }

        // A bitmap costs a bit for each number; a few that do not change cannot pay for it.
        int unchanged = deltas.Count(0);
        if (unchanged * 32 >= deltas.Length && unchanged < deltas.Length && BitmapBytes(deltas.Length) < best.TotalBytes)
        {
            ReadOnlySpan<long> changes = Changes(deltas);
            frame = FrameOfReference.Plan(changes);
            header = shiftBytes + anchorBytes + SignedBytes(frame.Base) + frame.HeaderBytes;
            int packed = BitmapBytes(deltas.Length) + frame.PackedBytes(changes.Length);
            best = Lesser(best, new ColumnPlan(ColumnTransform.Sparse, shift, fixedAnchor, frame, header, packed));
        }

        return best;
    }

    /// <summary>Writes what <see cref="Plan"/> chose for the same values. The kind byte is the caller's to write.</summary>
    public void Write(in ColumnPlan plan, ReadOnlySpan<long> values, ByteBuffer header, ByteBuffer packed)
    {
        if (plan.Transform == ColumnTransform.Constant)
        {
            WriteAnchor(values[0], plan.FixedAnchor, header);
            return;
        }

        if (plan.Shift > 0)
        {
            header.Add((byte)plan.Shift);
        }

        ReadOnlySpan<long> units = Units(values, plan.Shift);
        if (plan.Transform == ColumnTransform.Plain)
        {
            WriteAnchor(PlainAnchor(values[0], plan.Frame.Base, plan.Shift), plan.FixedAnchor, header);
            FrameOfReference.Write(plan.Frame, units, header, packed);
            return;
        }

        WriteAnchor(values[0], plan.FixedAnchor, header);
        ReadOnlySpan<long> deltas = Deltas(units);
        ReadOnlySpan<long> packable = deltas;
        if (plan.Transform == ColumnTransform.DeltaOfDelta)
        {
            header.AddVarint(Varint.ZigZag(deltas[0]));
            packable = Second(deltas);
        }
        else if (plan.Transform == ColumnTransform.Sparse)
        {
            WriteBitmap(deltas, packed);
            packable = Changes(deltas);
        }

        header.AddVarint(Varint.ZigZag(plan.Frame.Base));
        FrameOfReference.Write(plan.Frame, packable, header, packed);
    }

    private static ColumnPlan Lesser(in ColumnPlan held, in ColumnPlan offered) => offered.TotalBytes < held.TotalBytes ? offered : held;

    private static int SignedBytes(long value) => Varint.Length(Varint.ZigZag(value));

    private static int AnchorBytes(long value, bool isFixed) => isFixed ? sizeof(long) : SignedBytes(value);

    private static int BitmapBytes(int bits) => (bits + 7) >> 3;

    private static long PlainAnchor(long first, long unitBase, int shift) => shift == 0 ? unitBase : unchecked(first + (unitBase << shift));

    private static void WriteAnchor(long value, bool isFixed, ByteBuffer header)
    {
        if (isFixed)
        {
            BinaryPrimitives.WriteInt64LittleEndian(header.Reserve(sizeof(long)), value);
            header.Advance(sizeof(long));
        }
        else
        {
            header.AddVarint(Varint.ZigZag(value));
        }
    }

    /// <summary>Zero bits below all differences from the first number, if there are enough to pay for a byte; -1 when all numbers are equal.</summary>
    private static int CommonShift(ReadOnlySpan<long> values)
    {
        ulong differing = LongRuns.DifferingBits(values, values[0]);
        if (differing == 0)
        {
            return -1;
        }

        int shift = BitOperations.TrailingZeroCount(differing);
        return shift * (values.Length - 1) > 8 ? shift : 0;
    }

    /// <summary>Differences from the first number without the common zero bits below; the numbers themselves when there are none.</summary>
    private ReadOnlySpan<long> Units(ReadOnlySpan<long> values, int shift)
    {
        if (shift == 0)
        {
            return values;
        }

        LongRuns.ShiftedDifferences(values, shift, _units);
        return _units.AsSpan(0, values.Length);
    }

    private ReadOnlySpan<long> Deltas(ReadOnlySpan<long> units) => Differences(units, _deltas);

    private ReadOnlySpan<long> Second(ReadOnlySpan<long> deltas) => Differences(deltas, _second);

    private static ReadOnlySpan<long> Differences(ReadOnlySpan<long> values, long[] destination)
    {
        LongRuns.Differences(values, destination);
        return destination.AsSpan(0, values.Length - 1);
    }

    private ReadOnlySpan<long> Changes(ReadOnlySpan<long> deltas)
    {
        Span<long> changes = _changes.AsSpan(0, deltas.Length);
        int count = 0;
        foreach (long delta in deltas)
        {
            changes[count] = delta;
            count += delta != 0 ? 1 : 0;
        }

        return changes[..count];
    }

    private static void WriteBitmap(ReadOnlySpan<long> deltas, ByteBuffer packed)
    {
        int bytes = BitmapBytes(deltas.Length);
        Span<byte> bitmap = packed.Reserve(bytes)[..bytes];
        bitmap.Clear();
        for (int i = 0; i < deltas.Length; i++)
        {
            bitmap[i >> 3] |= (byte)((deltas[i] != 0 ? 1 : 0) << (i & 7));
        }

        packed.Advance(bytes);
    }
}
