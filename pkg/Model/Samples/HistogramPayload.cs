using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Model.Samples;

/// <summary>
/// The form in which WAL, memtable, parts and remote read keep a native histogram: the histogram message of remote write without its timestamps, fields in
/// the order of their numbers, repeated numbers packed, varints minimal, defaults left out (a float count is always there: it tells the kind). Equal
/// histograms have equal bytes.
/// </summary>
public static class HistogramPayload
{
    /// <summary>Most that a payload is longer than the message it is made of: packing a single element costs a length byte.</summary>
    public const int MaxGrowth = 16;

    /// <summary>Validates a histogram message from outside and writes its payload.</summary>
    /// <param name="message">The message as received.</param>
    /// <param name="destination">Room for <paramref name="message"/> and <see cref="MaxGrowth"/> bytes.</param>
    /// <param name="times">Its timestamps, also when it is refused for other reasons than being malformed.</param>
    /// <param name="written">Length of the payload.</param>
    public static HistogramFault Canonicalize(ReadOnlySpan<byte> message, Span<byte> destination, out HistogramTimes times, out int written)
    {
        written = 0;
        if (!HistogramMessage.TryRead(message, out HistogramMessage histogram))
        {
            times = default;
            return HistogramFault.Malformed;
        }

        times = new HistogramTimes(histogram.TimestampMs, histogram.StartTimestampMs);
        HistogramFault fault = HistogramValidation.Validate(histogram);
        if (fault == HistogramFault.None)
        {
            var writer = new ProtoWriter(destination);
            Write(ref writer, histogram);
            written = writer.Written;
        }

        return fault;
    }

    /// <summary>The payload of a histogram, which is not validated.</summary>
    public static byte[] Encode(NativeHistogram histogram)
    {
        ArgumentNullException.ThrowIfNull(histogram);
        int elements = histogram.PositiveDeltas.Length + histogram.NegativeDeltas.Length + histogram.PositiveCounts.Length + histogram.NegativeCounts.Length
            + histogram.CustomValues.Length + (2 * (histogram.PositiveSpans.Length + histogram.NegativeSpans.Length));
        byte[] buffer = new byte[128 + (elements * (Varint.MaxLength + 1))];
        var writer = new ProtoWriter(buffer);
        Write(ref writer, histogram);
        return buffer.AsSpan(0, writer.Written).ToArray();
    }

    /// <summary>Checks a histogram against the rules that received ones must keep.</summary>
    public static HistogramFault Validate(NativeHistogram histogram) =>
        HistogramMessage.TryRead(Encode(histogram), out HistogramMessage message) ? HistogramValidation.Validate(message) : HistogramFault.Malformed;

    /// <summary>Reads a payload.</summary>
    /// <exception cref="FormatException">It is not well formed.</exception>
    public static NativeHistogram Decode(ReadOnlySpan<byte> payload) => TryDecode(payload, out NativeHistogram? histogram)
        ? histogram
        : throw new FormatException("histogram payload is not well formed");

    /// <summary>Reads a payload; false when it is not well formed. Any histogram message will do, its timestamps are passed over.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> payload, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out NativeHistogram? histogram)
    {
        histogram = null;
        if (!HistogramMessage.TryRead(payload, out HistogramMessage message))
        {
            return false;
        }

        bool isFloat = message.IsFloat;
        histogram = new NativeHistogram
        {
            IsFloat = isFloat,
            CounterResetHint = (CounterResetHint)message.ResetHint,
            Schema = message.Schema,
            ZeroThreshold = BitConverter.Int64BitsToDouble(message.ZeroThresholdBits),
            IntegerCount = isFloat ? 0 : message.CountInt,
            IntegerZeroCount = isFloat ? 0 : message.ZeroCountInt,
            FloatCount = isFloat ? BitConverter.Int64BitsToDouble(message.CountFloatBits) : 0,
            FloatZeroCount = isFloat ? BitConverter.Int64BitsToDouble(message.ZeroCountFloatBits) : 0,
            SumBits = message.SumBits,
            PositiveSpans = Spans(message.Read(HistogramFields.PositiveSpans, message.PositiveSpans), message.PositiveSpans.Count),
            NegativeSpans = Spans(message.Read(HistogramFields.NegativeSpans, message.NegativeSpans), message.NegativeSpans.Count),
            PositiveDeltas = isFloat ? [] : Deltas(message.Read(HistogramFields.PositiveDeltas, message.PositiveDeltas), message.PositiveDeltas.Count),
            NegativeDeltas = isFloat ? [] : Deltas(message.Read(HistogramFields.NegativeDeltas, message.NegativeDeltas), message.NegativeDeltas.Count),
            PositiveCounts = isFloat ? Doubles(message.Read(HistogramFields.PositiveCounts, message.PositiveCounts), message.PositiveCounts.Count) : [],
            NegativeCounts = isFloat ? Doubles(message.Read(HistogramFields.NegativeCounts, message.NegativeCounts), message.NegativeCounts.Count) : [],
            CustomValues = Doubles(message.Read(HistogramFields.CustomValues, message.CustomValues), message.CustomValues.Count),
        };
        return true;
    }

    private static void Write(ref ProtoWriter writer, in HistogramMessage histogram)
    {
        WriteScalars(ref writer, histogram.IsFloat, histogram.CountInt, histogram.CountFloatBits, histogram.SumBits, histogram.Schema, histogram.ZeroThresholdBits);
        WriteZeroCount(ref writer, histogram.IsFloat, histogram.ZeroCountInt, histogram.ZeroCountFloatBits);
        CopySpans(ref writer, HistogramFields.NegativeSpans, histogram.Read(HistogramFields.NegativeSpans, histogram.NegativeSpans));
        if (histogram.IsFloat)
        {
            CopyDoubles(ref writer, HistogramFields.NegativeCounts, histogram, histogram.NegativeCounts);
        }
        else
        {
            CopyDeltas(ref writer, HistogramFields.NegativeDeltas, histogram, histogram.NegativeDeltas);
        }

        CopySpans(ref writer, HistogramFields.PositiveSpans, histogram.Read(HistogramFields.PositiveSpans, histogram.PositiveSpans));
        if (histogram.IsFloat)
        {
            CopyDoubles(ref writer, HistogramFields.PositiveCounts, histogram, histogram.PositiveCounts);
        }
        else
        {
            CopyDeltas(ref writer, HistogramFields.PositiveDeltas, histogram, histogram.PositiveDeltas);
        }

        writer.WriteVarintUnlessZero(HistogramFields.ResetHint, histogram.ResetHint);
        CopyDoubles(ref writer, HistogramFields.CustomValues, histogram, histogram.CustomValues);
    }

    private static void Write(ref ProtoWriter writer, NativeHistogram histogram)
    {
        bool isFloat = histogram.IsFloat;
        WriteScalars(
            ref writer, isFloat, histogram.IntegerCount, BitConverter.DoubleToInt64Bits(histogram.FloatCount), histogram.SumBits, histogram.Schema,
            BitConverter.DoubleToInt64Bits(histogram.ZeroThreshold));
        WriteZeroCount(ref writer, isFloat, histogram.IntegerZeroCount, BitConverter.DoubleToInt64Bits(histogram.FloatZeroCount));
        WriteSpans(ref writer, HistogramFields.NegativeSpans, histogram.NegativeSpans);
        WriteDeltas(ref writer, HistogramFields.NegativeDeltas, isFloat ? [] : histogram.NegativeDeltas);
        WriteDoubles(ref writer, HistogramFields.NegativeCounts, isFloat ? histogram.NegativeCounts : []);
        WriteSpans(ref writer, HistogramFields.PositiveSpans, histogram.PositiveSpans);
        WriteDeltas(ref writer, HistogramFields.PositiveDeltas, isFloat ? [] : histogram.PositiveDeltas);
        WriteDoubles(ref writer, HistogramFields.PositiveCounts, isFloat ? histogram.PositiveCounts : []);
        writer.WriteVarintUnlessZero(HistogramFields.ResetHint, (ulong)histogram.CounterResetHint);
        WriteDoubles(ref writer, HistogramFields.CustomValues, histogram.CustomValues);
    }

    private static void WriteScalars(
        ref ProtoWriter writer, bool isFloat, ulong countInt, long countFloatBits, long sumBits, int schema, long zeroThresholdBits)
    {
        if (isFloat)
        {
            writer.WriteFixed64(HistogramFields.CountFloat, countFloatBits);
        }
        else
        {
            writer.WriteVarintUnlessZero(HistogramFields.CountInt, countInt);
        }

        writer.WriteFixed64UnlessZero(HistogramFields.Sum, sumBits);
        writer.WriteVarintUnlessZero(HistogramFields.Schema, HistogramFields.ZigZag32(schema));
        writer.WriteFixed64UnlessZero(HistogramFields.ZeroThreshold, zeroThresholdBits);
    }

    private static void WriteZeroCount(ref ProtoWriter writer, bool isFloat, ulong zeroCountInt, long zeroCountFloatBits)
    {
        if (isFloat)
        {
            writer.WriteFixed64UnlessZero(HistogramFields.ZeroCountFloat, zeroCountFloatBits);
        }
        else
        {
            writer.WriteVarintUnlessZero(HistogramFields.ZeroCountInt, zeroCountInt);
        }
    }

    private static void CopySpans(ref ProtoWriter writer, int field, HistogramFieldReader spans)
    {
        while (spans.TryNextSpan(out HistogramSpan span))
        {
            WriteSpan(ref writer, field, span);
        }
    }

    private static void CopyDeltas(ref ProtoWriter writer, int field, in HistogramMessage histogram, Stretch stretch)
    {
        if (stretch.Count == 0)
        {
            return;
        }

        int length = 0;
        HistogramFieldReader deltas = histogram.Read(field, stretch);
        while (deltas.TryNextVarint(out ulong raw))
        {
            length += Varint.Length(raw);
        }

        writer.WriteLength(field, length);
        deltas = histogram.Read(field, stretch);
        while (deltas.TryNextVarint(out ulong raw))
        {
            writer.WriteRaw(raw);
        }
    }

    private static void CopyDoubles(ref ProtoWriter writer, int field, in HistogramMessage histogram, Stretch stretch)
    {
        if (stretch.Count == 0)
        {
            return;
        }

        writer.WriteLength(field, stretch.Count * sizeof(double));
        HistogramFieldReader doubles = histogram.Read(field, stretch);
        while (doubles.TryNextDouble(out long bits))
        {
            writer.WriteRawFixed64(bits);
        }
    }

    private static void WriteSpans(ref ProtoWriter writer, int field, HistogramSpan[] spans)
    {
        foreach (HistogramSpan span in spans)
        {
            WriteSpan(ref writer, field, span);
        }
    }

    private static void WriteSpan(ref ProtoWriter writer, int field, HistogramSpan span)
    {
        ulong offset = HistogramFields.ZigZag32(span.Offset);
        writer.WriteLength(field, (offset == 0 ? 0 : 1 + Varint.Length(offset)) + (span.Length == 0 ? 0 : 1 + Varint.Length(span.Length)));
        writer.WriteVarintUnlessZero(1, offset);
        writer.WriteVarintUnlessZero(2, span.Length);
    }

    private static void WriteDeltas(ref ProtoWriter writer, int field, long[] deltas)
    {
        if (deltas.Length == 0)
        {
            return;
        }

        int length = 0;
        foreach (long delta in deltas)
        {
            length += Varint.Length(Varint.ZigZag(delta));
        }

        writer.WriteLength(field, length);
        foreach (long delta in deltas)
        {
            writer.WriteRaw(Varint.ZigZag(delta));
        }
    }

    private static void WriteDoubles(ref ProtoWriter writer, int field, double[] values)
    {
        if (values.Length == 0)
        {
            return;
        }

        writer.WriteLength(field, values.Length * sizeof(double));
        foreach (double value in values)
        {
            writer.WriteRawFixed64(BitConverter.DoubleToInt64Bits(value));
        }
    }

    private static HistogramSpan[] Spans(HistogramFieldReader reader, int count)
    {
        HistogramSpan[] spans = count == 0 ? [] : new HistogramSpan[count];
        for (int i = 0; i < count && reader.TryNextSpan(out HistogramSpan span); i++)
        {
            spans[i] = span;
        }

        return spans;
    }

    private static long[] Deltas(HistogramFieldReader reader, int count)
    {
        long[] deltas = count == 0 ? [] : new long[count];
        for (int i = 0; i < count && reader.TryNextVarint(out ulong raw); i++)
        {
            deltas[i] = Varint.UnZigZag(raw);
        }

        return deltas;
    }

    private static double[] Doubles(HistogramFieldReader reader, int count)
    {
        double[] values = count == 0 ? [] : new double[count];
        for (int i = 0; i < count && reader.TryNextDouble(out long bits); i++)
        {
            values[i] = BitConverter.Int64BitsToDouble(bits);
        }

        return values;
    }
}

/// <summary>Timestamps of a received histogram, milliseconds since the Unix epoch; a start timestamp of 0 = none.</summary>
public readonly record struct HistogramTimes(long TimestampMs, long StartTimestampMs);
