using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Primitives.Memory;
using RemoteStore.Wire.RemoteRead;

namespace RemoteStore.Api.Federation;

/// <summary>
/// Delimited messages <c>io.prometheus.client.MetricFamily</c>: name = 1, type = 3, metric = 4. A new family begins where name or kind of sample change.
/// </summary>
internal sealed class ProtobufExposition(PooledBufferWriter output, bool allowsUtf8) : IExpositionWriter
{
    private const int Untyped = 3;
    private const int Histogram = 4;
    private const int GaugeHistogram = 5;

    private readonly NestedWriter _message = new();
    private byte[] _family = [];
    private int _type = -1;

    public void Add(FederatedSeries series)
    {
        int type = series.Histogram is not { } histogram ? Untyped : histogram.CounterResetHint == CounterResetHint.Gauge ? GaugeHistogram : Histogram;
        byte[] name = allowsUtf8 ? series.Name.ToArray() : ExpositionNames.Escape(series.Name, colons: true);
        if (type != _type || !name.AsSpan().SequenceEqual(_family))
        {
            End();
            (_family, _type) = (name, type);
            _message.Bytes(1, name);
            _message.RepeatedVarint(3, (ulong)type);
        }

        int metric = _message.Begin(4);
        bool hasInstance = false;
        foreach (LabelPair label in new LabelSet(series.Labels))
        {
            if (ExpositionNames.IsOwn(label))
            {
                hasInstance |= label.Name.SequenceEqual("instance"u8);
                WriteLabel(label.Name, label.Value);
            }
        }

        if (!hasInstance)
        {
            WriteLabel("instance"u8, []);
        }

        if (series.Histogram is null)
        {
            int untyped = _message.Begin(5);
            Double(1, series.Value);
            _message.End(untyped);
        }
        else
        {
            int nested = _message.Begin(7);
            Write(series.Histogram);
            _message.End(nested);
        }

        _message.RepeatedVarint(6, (ulong)series.TimestampMs);
        _message.End(metric);
    }

    public void End()
    {
        if (_message.Length > 0)
        {
            output.Advance(Varint.Write(output.GetSpan(Varint.MaxLength), (ulong)_message.Length));
            _message.Written.Span.CopyTo(output.GetSpan(_message.Length));
            output.Advance(_message.Length);
            _message.Clear();
        }
    }

    private void WriteLabel(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        int pair = _message.Begin(1);
        _message.Bytes(1, allowsUtf8 ? name : ExpositionNames.Escape(name, colons: false));
        _message.Bytes(2, value);
        _message.End(pair);
    }

    /// <summary>Counts as floats: fields 4, 8, 11 and 14 beside sum = 2, schema = 5, threshold = 6 and the spans 9 and 12.</summary>
    private void Write(FloatHistogram histogram)
    {
        Double(4, histogram.Count);
        Double(2, histogram.Sum);
        _message.RepeatedVarint(5, Varint.ZigZag(histogram.Schema));
        Double(6, histogram.ZeroThreshold);
        Double(8, histogram.ZeroCount);
        Spans(9, histogram.NegativeSpans);
        Counts(11, histogram.NegativeCounts);
        Spans(12, histogram.PositiveSpans);
        Counts(14, histogram.PositiveCounts);
    }

    private void Spans(int field, ReadOnlySpan<HistogramSpan> spans)
    {
        foreach (HistogramSpan span in spans)
        {
            int nested = _message.Begin(field);
            _message.Varint(1, Varint.ZigZag(span.Offset));
            _message.Varint(2, span.Length);
            _message.End(nested);
        }
    }

    private void Counts(int field, ReadOnlySpan<double> counts)
    {
        foreach (double count in counts)
        {
            Double(field, count);
        }
    }

    private void Double(int field, double value)
    {
        var writer = new ProtoWriter(_message.Room(16));
        writer.WriteFixed64(field, BitConverter.DoubleToInt64Bits(value));
        _message.Advance(writer.Written);
    }
}
