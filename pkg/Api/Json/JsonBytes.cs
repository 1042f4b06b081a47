using System.Buffers;
using System.Globalization;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Api.Json;

/// <summary>
/// The JSON of query results, written as bytes without a writer in between: most of an answer is points, and a writer's bookkeeping would cost more than their
/// digits.
/// </summary>
internal static class JsonBytes
{
    private const int MaxTimestampLength = 24;
    private const int MaxPointLength = MaxTimestampLength + GoFloat.MaxLength + 8;

    private static readonly SearchValues<byte> s_escaped = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(static c => (byte)c), (byte)'"', (byte)'\\']);

    /// <summary>Bytes as they are.</summary>
    public static void Raw(PooledBufferWriter output, ReadOnlySpan<byte> json)
    {
        json.CopyTo(output.GetSpan(json.Length));
        output.Advance(json.Length);
    }

    /// <summary>A whole number.</summary>
    public static void Number(PooledBufferWriter output, long value)
    {
        _ = value.TryFormat(output.GetSpan(MaxTimestampLength), out int written, default, CultureInfo.InvariantCulture);
        output.Advance(written);
    }

    /// <summary>A float as a string.</summary>
    public static void Float(PooledBufferWriter output, double value)
    {
        Span<byte> span = output.GetSpan(GoFloat.MaxLength + 2);
        span[0] = (byte)'"';
        int length = 1 + GoFloat.Format(value, span[1..]);
        span[length++] = (byte)'"';
        output.Advance(length);
    }

    /// <summary>Seconds, with three decimals unless they are whole.</summary>
    public static void Timestamp(PooledBufferWriter output, long timestampMs) =>
        output.Advance(ResultJson.FormatTimestamp(timestampMs, output.GetSpan(MaxTimestampLength)));

    /// <summary>A point: <c>[seconds, "value"]</c>.</summary>
    public static void Point(PooledBufferWriter output, long timestampMs, double value) =>
        output.Advance(Format(timestampMs, value, output.GetSpan(MaxPointLength)));

    /// <summary>As many points as are given, between commas, but no more than fill about <paramref name="bytes"/>.</summary>
    /// <returns>How many were written.</returns>
    public static int Points(PooledBufferWriter output, ReadOnlySpan<long> times, ReadOnlySpan<double> values, int bytes)
    {
        Span<byte> span = output.GetSpan(bytes + MaxPointLength);
        int length = 0;
        int count = 0;
        while (count < times.Length && length < bytes)
        {
            if (count > 0)
            {
                span[length++] = (byte)',';
            }

            length += Format(times[count], values[count], span[length..]);
            count++;
        }

        output.Advance(length);
        return count;
    }

    /// <summary>A label set as an object.</summary>
    public static void Labels(PooledBufferWriter output, LabelSet labels)
    {
        Raw(output, "{"u8);
        bool any = false;
        foreach (LabelPair label in labels)
        {
            if (any)
            {
                Raw(output, ","u8);
            }

            any = true;
            Text(output, label.Name);
            Raw(output, ":"u8);
            Text(output, label.Value);
        }

        Raw(output, "}"u8);
    }

    /// <summary>A string.</summary>
    public static void Text(PooledBufferWriter output, ReadOnlySpan<byte> utf8)
    {
        Raw(output, "\""u8);
        while (true)
        {
            int next = utf8.IndexOfAny(s_escaped);
            if (next < 0)
            {
                Raw(output, utf8);
                break;
            }

            Raw(output, utf8[..next]);
            Escape(output, utf8[next]);
            utf8 = utf8[(next + 1)..];
        }

        Raw(output, "\""u8);
    }

    private static void Escape(PooledBufferWriter output, byte c)
    {
        switch (c)
        {
            case (byte)'"' or (byte)'\\':
                Raw(output, [(byte)'\\', c]);
                break;
            case (byte)'\n':
                Raw(output, "\\n"u8);
                break;
            case (byte)'\r':
                Raw(output, "\\r"u8);
                break;
            case (byte)'\t':
                Raw(output, "\\t"u8);
                break;
            default:
                Raw(output, [.. "\\u00"u8, Hex(c >> 4), Hex(c & 0xf)]);
                break;
        }

        static byte Hex(int digit) => "0123456789abcdef"u8[digit];
    }

    private static int Format(long timestampMs, double value, Span<byte> destination)
    {
        destination[0] = (byte)'[';
        int length = 1 + ResultJson.FormatTimestamp(timestampMs, destination[1..]);
        destination[length++] = (byte)',';
        destination[length++] = (byte)'"';
        length += GoFloat.Format(value, destination[length..]);
        destination[length++] = (byte)'"';
        destination[length++] = (byte)']';
        return length;
    }
}
