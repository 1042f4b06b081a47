using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Wire;

namespace RemoteStore.Testing;

/// <summary>A series of a request to encode; labels are sent in the order given, as they are.</summary>
public sealed class RequestSeries
{
    public RequestSeries(params string[] namesAndValues)
    {
        for (int i = 0; i + 1 < namesAndValues.Length; i += 2)
        {
            Labels.Add(new(namesAndValues[i], namesAndValues[i + 1]));
        }
    }

    public List<KeyValuePair<string, string>> Labels { get; } = [];

    public List<(long TimestampMs, long ValueBits, long StartTimestampMs)> Samples { get; } = [];

    public List<(long TimestampMs, NativeHistogram Histogram, long StartTimestampMs)> Histograms { get; } = [];

    public List<(long TimestampMs, double Value, string[] Labels)> Exemplars { get; } = [];

    /// <summary>Sent with the series in 2.0; in 1.0 as a metadata message of its own.</summary>
    public (MetricType Type, string Help, string Unit)? Metadata { get; set; }

    public RequestSeries Sample(long timestampMs, double value, long startTimestampMs = 0) =>
        SampleBits(timestampMs, BitConverter.DoubleToInt64Bits(value), startTimestampMs);

    public RequestSeries SampleBits(long timestampMs, long valueBits, long startTimestampMs = 0)
    {
        Samples.Add((timestampMs, valueBits, startTimestampMs));
        return this;
    }

    public RequestSeries Histogram(long timestampMs, NativeHistogram histogram, long startTimestampMs = 0)
    {
        Histograms.Add((timestampMs, histogram, startTimestampMs));
        return this;
    }

    public RequestSeries Exemplar(long timestampMs, double value, params string[] labels)
    {
        Exemplars.Add((timestampMs, value, labels));
        return this;
    }
}

/// <summary>Encodes remote write requests the plain way, for tests: what decoders are compared with.</summary>
public static class RemoteWriteEncoder
{
    /// <summary>A remote write 1.0 request, not compressed.</summary>
    public static byte[] EncodeV1(params IEnumerable<RequestSeries> series)
    {
        var request = new ProtoBuilder();
        foreach (RequestSeries one in series)
        {
            request.Message(1, SeriesV1(one));
            if (one.Metadata is var (type, help, unit))
            {
                string name = one.Labels.FirstOrDefault(l => l.Key == LabelSet.MetricName).Value ?? string.Empty;
                request.Message(3, new ProtoBuilder().Varint(1, (ulong)type).Text(2, name).Text(4, help).Text(5, unit));
            }
        }

        return request.ToArray();
    }

    /// <summary>A remote write 2.0 request, not compressed.</summary>
    /// <param name="symbolsLast">Puts the symbols behind the series, which the format allows.</param>
    /// <param name="series">What to send.</param>
    public static byte[] EncodeV2(bool symbolsLast, params IEnumerable<RequestSeries> series)
    {
        var symbols = new List<string> { string.Empty };
        var body = new ProtoBuilder();
        foreach (RequestSeries one in series)
        {
            body.Message(5, SeriesV2(one, symbols));
        }

        var table = new ProtoBuilder();
        foreach (string symbol in symbols)
        {
            table.TextAlways(4, symbol);
        }

        return symbolsLast ? [.. body.ToArray(), .. table.ToArray()] : [.. table.ToArray(), .. body.ToArray()];
    }

    /// <summary>A remote write 2.0 request, not compressed.</summary>
    public static byte[] EncodeV2(params IEnumerable<RequestSeries> series) => EncodeV2(false, series);

    /// <summary>Compresses a request as senders do.</summary>
    public static byte[] Compress(byte[] request) => SnappyBody.Compress(request);

    private static ProtoBuilder SeriesV1(RequestSeries series)
    {
        var message = new ProtoBuilder();
        foreach ((string name, string value) in series.Labels)
        {
            message.Message(1, new ProtoBuilder().Text(1, name).Text(2, value));
        }

        foreach ((long timestamp, long bits, _) in series.Samples)
        {
            message.Message(2, new ProtoBuilder().Fixed64(1, bits).Varint(2, (ulong)timestamp));
        }

        foreach ((long timestamp, double value, string[] labels) in series.Exemplars)
        {
            var exemplar = new ProtoBuilder();
            for (int i = 0; i + 1 < labels.Length; i += 2)
            {
                exemplar.Message(1, new ProtoBuilder().Text(1, labels[i]).Text(2, labels[i + 1]));
            }

            message.Message(3, exemplar.Fixed64(2, BitConverter.DoubleToInt64Bits(value)).Varint(3, (ulong)timestamp));
        }

        foreach ((long timestamp, NativeHistogram histogram, long start) in series.Histograms)
        {
            message.Message(4, Histogram(timestamp, histogram, start));
        }

        return message;
    }

    private static ProtoBuilder SeriesV2(RequestSeries series, List<string> symbols)
    {
        var message = new ProtoBuilder();
        message.Packed(1, series.Labels.SelectMany(l => new[] { Symbol(symbols, l.Key), Symbol(symbols, l.Value) }));
        foreach ((long timestamp, long bits, long start) in series.Samples)
        {
            message.Message(2, new ProtoBuilder().Fixed64(1, bits).Varint(2, (ulong)timestamp).Varint(3, (ulong)start));
        }

        foreach ((long timestamp, NativeHistogram histogram, long start) in series.Histograms)
        {
            message.Message(3, Histogram(timestamp, histogram, start));
        }

        foreach ((long timestamp, double value, string[] labels) in series.Exemplars)
        {
            message.Message(4, new ProtoBuilder().Packed(1, labels.Select(l => Symbol(symbols, l)))
                .Fixed64(2, BitConverter.DoubleToInt64Bits(value)).Varint(3, (ulong)timestamp));
        }

        if (series.Metadata is var (type, help, unit))
        {
            message.Message(5, new ProtoBuilder().Varint(1, (ulong)type).Varint(3, Symbol(symbols, help)).Varint(4, Symbol(symbols, unit)));
        }

        return message;
    }

    private static ProtoBuilder Histogram(long timestamp, NativeHistogram histogram, long start) =>
        new ProtoBuilder().Raw(HistogramPayload.Encode(histogram)).Varint(15, (ulong)timestamp).Varint(17, (ulong)start);

    private static ulong Symbol(List<string> symbols, string text)
    {
        int index = symbols.IndexOf(text);
        if (index < 0)
        {
            index = symbols.Count;
            symbols.Add(text);
        }

        return (ulong)index;
    }
}

/// <summary>Builds protocol buffer messages field by field; as senders do, default values are left out.</summary>
public sealed class ProtoBuilder
{
    private readonly List<byte> _bytes = [];

    public ProtoBuilder Varint(int field, ulong value) => value == 0 ? this : VarintAlways(field, value);

    public ProtoBuilder VarintAlways(int field, ulong value)
    {
        RawVarint((ulong)field << 3);
        RawVarint(value);
        return this;
    }

    public ProtoBuilder Fixed64(int field, long bits)
    {
        if (bits != 0)
        {
            RawVarint(((ulong)field << 3) | 1);
            _bytes.AddRange(BitConverter.GetBytes(bits));
        }

        return this;
    }

    public ProtoBuilder Text(int field, string text) => text.Length == 0 ? this : TextAlways(field, text);

    public ProtoBuilder TextAlways(int field, string text) => Bytes(field, Encoding.UTF8.GetBytes(text));

    public ProtoBuilder Message(int field, ProtoBuilder message) => Bytes(field, message.ToArray());

    public ProtoBuilder Bytes(int field, ReadOnlySpan<byte> bytes)
    {
        RawVarint(((ulong)field << 3) | 2);
        RawVarint((ulong)bytes.Length);
        _bytes.AddRange(bytes);
        return this;
    }

    public ProtoBuilder Packed(int field, params IEnumerable<ulong> values)
    {
        var packed = new ProtoBuilder();
        foreach (ulong value in values)
        {
            packed.RawVarint(value);
        }

        return packed._bytes.Count == 0 ? this : Message(field, packed);
    }

    public ProtoBuilder Raw(params ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    public byte[] ToArray() => [.. _bytes];

    private void RawVarint(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            _bytes.Add((byte)(value | 0x80));
        }

        _bytes.Add((byte)value);
    }
}
