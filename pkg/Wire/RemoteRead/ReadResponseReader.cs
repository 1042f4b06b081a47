using System.Diagnostics.CodeAnalysis;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Wire.RemoteRead;

/// <summary>A series of a remote read response.</summary>
/// <param name="Labels">As the server sent them: canonical only if the server sorts.</param>
/// <param name="Samples">Float samples with the bits of their values.</param>
/// <param name="Histograms">Native histograms as payloads.</param>
public sealed record ReadSeries(
    LabelSet Labels, IReadOnlyList<(long TimestampMs, long ValueBits)> Samples, IReadOnlyList<(long TimestampMs, byte[] Payload)> Histograms);

/// <summary>Reads a <c>prometheus.ReadResponse</c> of samples, for clients: tools and comparisons with other servers.</summary>
public static class ReadResponseReader
{
    private const byte NestedTag = 0x0a;

    /// <summary>Reads an uncompressed response: per query its series. False when it is not well formed.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> message, [NotNullWhen(true)] out IReadOnlyList<IReadOnlyList<ReadSeries>>? results)
    {
        var list = new List<IReadOnlyList<ReadSeries>>();
        results = null;
        var reader = new ProtoReader(message);
        while (reader.HasMore)
        {
            if (!reader.TryReadTag(out uint tag))
            {
                return false;
            }

            if (tag != NestedTag)
            {
                if (!reader.TrySkip(tag))
                {
                    return false;
                }

                continue;
            }

            var series = new List<ReadSeries>();
            if (!reader.TryReadMessage(out ProtoReader result) || !TryDecodeResult(result, series))
            {
                return false;
            }

            list.Add(series);
        }

        results = list;
        return true;
    }

    private static bool TryDecodeResult(ProtoReader reader, List<ReadSeries> series)
    {
        while (reader.HasMore)
        {
            if (!reader.TryReadTag(out uint tag))
            {
                return false;
            }

            if (tag != NestedTag)
            {
                if (!reader.TrySkip(tag))
                {
                    return false;
                }

                continue;
            }

            if (!reader.TryReadMessage(out ProtoReader one) || !TryDecodeSeries(one, series))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryDecodeSeries(ProtoReader reader, List<ReadSeries> series)
    {
        var labels = new NestedWriter();
        var samples = new List<(long, long)>();
        var histograms = new List<(long, byte[])>();
        while (reader.HasMore)
        {
            if (!reader.TryReadTag(out uint tag))
            {
                return false;
            }

            bool ok;
            switch (tag)
            {
                case NestedTag:
                    ok = TryDecodeLabel(ref reader, labels);
                    break;
                case 0x12:
                    ok = reader.TryReadMessage(out ProtoReader sample) && TryDecodeSample(sample, samples);
                    break;
                case 0x22:
                    ok = reader.TryReadBytes(out ReadOnlySpan<byte> histogram) && TryDecodeHistogram(histogram, histograms);
                    break;
                default:
                    ok = reader.TrySkip(tag);
                    break;
            }

            if (!ok)
            {
                return false;
            }
        }

        series.Add(new ReadSeries(new LabelSet(labels.Written), samples, histograms));
        return true;
    }

    // Label enumeration trusts the bytes: write them anew rather than keep what was received.
    private static bool TryDecodeLabel(ref ProtoReader reader, NestedWriter labels)
    {
        ReadOnlySpan<byte> name = default;
        ReadOnlySpan<byte> value = default;
        if (!reader.TryReadMessage(out ProtoReader label))
        {
            return false;
        }

        while (label.HasMore)
        {
            bool ok = label.TryReadTag(out uint tag);
            ok = ok && tag switch
            {
                0x0a => label.TryReadBytes(out name),
                0x12 => label.TryReadBytes(out value),
                _ => label.TrySkip(tag),
            };
            if (!ok)
            {
                return false;
            }
        }

        Span<byte> room = labels.Room(LabelSetBuilder.FieldLength(name.Length, value.Length));
        labels.Advance(LabelSetBuilder.WriteField(room, name, value));
        return true;
    }

    private static bool TryDecodeSample(ProtoReader reader, List<(long TimestampMs, long ValueBits)> samples)
    {
        long bits = 0;
        ulong timestamp = 0;
        while (reader.HasMore)
        {
            bool ok = reader.TryReadTag(out uint tag);
            ok = ok && tag switch
            {
                0x09 => reader.TryReadFixed64(out bits),
                0x10 => reader.TryReadVarint(out timestamp),
                _ => reader.TrySkip(tag),
            };
            if (!ok)
            {
                return false;
            }
        }

        samples.Add(((long)timestamp, bits));
        return true;
    }

    private static bool TryDecodeHistogram(ReadOnlySpan<byte> message, List<(long TimestampMs, byte[] Payload)> histograms)
    {
        byte[] payload = new byte[message.Length + HistogramPayload.MaxGrowth];
        HistogramFault fault = HistogramPayload.Canonicalize(message, payload, out HistogramTimes times, out int written);
        histograms.Add((times.TimestampMs, payload[..written]));
        return fault == HistogramFault.None;
    }
}
