using RemoteStore.Model.Samples;
using RemoteStore.Model.Writes;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Wire.RemoteWrite;

/// <summary>
/// Decodes <c>prometheus.WriteRequest</c> (remote write 1.0): timeseries = 1 { labels = 1, samples = 2, exemplars = 3, histograms = 4 }, metadata = 3.
/// Labels are neither checked nor sorted here.
/// </summary>
public static class RemoteWriteV1Decoder
{
    private const byte SeriesTag = 0x0a;
    private const byte MetadataTag = 0x1a;
    private const byte SampleTag = 0x12;
    private const byte ExemplarTag = 0x1a;
    private const byte HistogramTag = 0x22;
    private const int Ok = -1;

    /// <summary>Fills the columns of a batch that holds the uncompressed request in its first <paramref name="payloadLength"/> bytes.</summary>
    public static DecodeResult Decode(WriteBatch batch, int payloadLength)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ReadOnlySpan<byte> payload = batch.Bytes[..payloadLength];
        var limits = new DecodeLimits(payloadLength);
        var reader = new ProtoReader(payload);
        while (reader.HasMore)
        {
            int start = reader.Position;
            if (!reader.TryReadTag(out uint tag))
            {
                return Fail(batch, "write request", start);
            }

            if (tag == SeriesTag)
            {
                int fault = start;
                if (!reader.TryReadLength(out int length) || (fault = DecodeSeries(batch, payload, reader.Position, reader.Position + length, limits)) != Ok)
                {
                    return Fail(batch, "time series", fault);
                }

                reader.Advance(length);
                if (batch.SeriesCount > limits.MaxSeries)
                {
                    return Fail(batch);
                }
            }
            else if (tag == MetadataTag)
            {
                if (!reader.TryReadLength(out int length) || !TryDecodeMetadata(batch, new ProtoReader(payload, reader.Position, reader.Position + length)))
                {
                    return Fail(batch, "metadata", start);
                }

                reader.Advance(length);
            }
            else if (tag >> 3 is 1 or 3 || !reader.TrySkip(tag))
            {
                return Fail(batch, "write request", start);
            }
        }

        return limits.Exceeded(batch) ? Fail(batch) : DecodeResult.Ok;
    }

    private static DecodeResult Fail(WriteBatch batch, string what, int offset)
    {
        batch.Reset(0);
        return DecodeResult.Malformed(what, offset);
    }

    private static DecodeResult Fail(WriteBatch batch)
    {
        batch.Reset(0);
        return new DecodeResult("write request has too many empty entries");
    }

    /// <returns><see cref="Ok"/> or the offset of what is malformed.</returns>
    private static int DecodeSeries(WriteBatch batch, ReadOnlySpan<byte> payload, int start, int end, in DecodeLimits limits)
    {
        int samples = batch.SampleCount;
        int position = start;
        if (!LabelFields.TrySkipRun(payload, ref position, end))
        {
            return position;
        }

        int labelsLength = position - start;
        while (position + 1 < end && payload[position] == SampleTag)
        {
            int next = position + 1;
            if (!SampleParser.TryFast(batch, payload, ref next, end))
            {
                break;
            }

            position = next;
        }

        int histograms = batch.Histograms.Count;
        int exemplars = batch.Exemplars.Count;
        int labelsOffset = start;
        if (position != end)
        {
            int fault = DecodeRest(batch, payload, position, end, limits, out bool scattered, out (int Count, HistogramFault Fault) refused);
            if (fault != Ok)
            {
                return fault;
            }

            if (scattered)
            {
                (labelsOffset, labelsLength) = LabelFields.Gather(batch, payload, start, end);
            }

            HistogramParser.Report(batch, refused, labelsOffset, labelsLength);
        }

        // A series without anything changes nothing: there is nothing to refuse either.
        int sampleCount = batch.SampleCount - samples;
        int histogramCount = batch.Histograms.Count - histograms;
        int exemplarCount = batch.Exemplars.Count - exemplars;
        if ((sampleCount | histogramCount | exemplarCount) != 0)
        {
            batch.AddSeries(new(labelsOffset, labelsLength, samples, sampleCount, histograms, histogramCount, exemplars, exemplarCount));
        }

        return Ok;
    }

    private static int DecodeRest(
        WriteBatch batch, ReadOnlySpan<byte> payload, int start, int end, in DecodeLimits limits, out bool scattered, out (int, HistogramFault) refused)
    {
        scattered = false;
        refused = default;
        var reader = new ProtoReader(payload, start, end);
        while (reader.HasMore)
        {
            int field = reader.Position;
            if (!reader.TryReadTag(out uint tag) || (tag >> 3 <= 4 && (WireType)(tag & 7) != WireType.LengthDelimited))
            {
                return field;
            }

            bool ok;
            switch (tag)
            {
                case LabelFields.Tag:
                    scattered = true;
                    ok = reader.TrySkip(tag);
                    break;
                case SampleTag:
                    ok = reader.TryReadMessage(out ProtoReader sample) && SampleParser.TryRead(ref sample, batch) && batch.SampleCount <= limits.MaxSamples;
                    break;
                case ExemplarTag:
                    ok = reader.TryReadLength(out int length) && TryDecodeExemplar(batch, payload, reader.Position, reader.Position + length)
                        && batch.Exemplars.Count <= limits.MaxOthers;
                    reader.Advance(length);
                    break;
                case HistogramTag:
                    ok = reader.TryReadBytes(out ReadOnlySpan<byte> histogram) && HistogramParser.TryAdd(batch, histogram, ref refused)
                        && batch.Histograms.Count <= limits.MaxOthers;
                    break;
                default:
                    ok = reader.TrySkip(tag);
                    break;
            }

            if (!ok)
            {
                return field;
            }
        }

        return Ok;
    }

    private static bool TryDecodeExemplar(WriteBatch batch, ReadOnlySpan<byte> payload, int start, int end)
    {
        int position = start;
        if (!LabelFields.TrySkipRun(payload, ref position, end))
        {
            return false;
        }

        (int Offset, int Length) labels = (start, position - start);
        long valueBits = 0;
        long timestamp = 0;
        bool scattered = false;
        var reader = new ProtoReader(payload, position, end);
        while (reader.HasMore)
        {
            if (!reader.TryReadTag(out uint tag))
            {
                return false;
            }

            switch (tag)
            {
                case LabelFields.Tag when reader.TrySkip(tag):
                    scattered = true;
                    break;
                case 0x11 when reader.TryReadFixed64(out valueBits):
                    break;
                case 0x18 when reader.TryReadVarint(out ulong raw):
                    timestamp = (long)raw;
                    break;
                default:
                    if (tag >> 3 <= 3 || !reader.TrySkip(tag))
                    {
                        return false;
                    }

                    break;
            }
        }

        labels = scattered ? LabelFields.Gather(batch, payload, start, end) : labels;
        batch.Exemplars.Add(new(timestamp, valueBits, labels.Offset, labels.Length));
        return true;
    }

    // MetricMetadata: type = 1, metric_family_name = 2, help = 4, unit = 5.
    private static bool TryDecodeMetadata(WriteBatch batch, ProtoReader reader)
    {
        var type = MetricType.Unknown;
        (int Offset, int Length) name = default;
        (int Offset, int Length) help = default;
        (int Offset, int Length) unit = default;
        while (reader.HasMore)
        {
            if (!reader.TryReadTag(out uint tag))
            {
                return false;
            }

            switch (tag)
            {
                case 0x08:
                    if (!reader.TryReadVarint(out ulong raw))
                    {
                        return false;
                    }

                    type = raw <= (ulong)MetricType.StateSet ? (MetricType)raw : MetricType.Unknown;
                    break;
                case 0x12 or 0x22 or 0x2a:
                    if (!reader.TryReadLength(out int length))
                    {
                        return false;
                    }

                    name = tag == 0x12 ? (reader.Position, length) : name;
                    help = tag == 0x22 ? (reader.Position, length) : help;
                    unit = tag == 0x2a ? (reader.Position, length) : unit;
                    reader.Advance(length);
                    break;
                default:
                    if (tag >> 3 is 1 or 2 or 4 or 5 || !reader.TrySkip(tag))
                    {
                        return false;
                    }

                    break;
            }
        }

        if (name.Length > 0)
        {
            batch.Metadata.Add(new(type, name.Offset, name.Length, help.Offset, help.Length, unit.Offset, unit.Length));
        }

        return true;
    }
}
