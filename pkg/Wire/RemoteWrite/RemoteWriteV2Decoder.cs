using RemoteStore.Model.Writes;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Wire.RemoteWrite;

/// <summary>
/// Decodes <c>io.prometheus.write.v2.Request</c> (remote write 2.0): symbols = 4, timeseries = 5, in any order. Builds the label bytes that remote write 1.0
/// would carry, so that a series is found by the same key whichever way it comes. Labels are neither checked nor sorted here.
/// </summary>
public static class RemoteWriteV2Decoder
{
    // References repeat what the payload holds once: bound what they may expand to.
    internal const int MaxExpandedBytes = 256 << 20;

    private const byte SymbolTag = 0x22;
    private const byte SeriesTag = 0x2a;

    /// <summary>Fills the columns of a batch that holds the uncompressed request in its first <paramref name="payloadLength"/> bytes.</summary>
    public static DecodeResult Decode(WriteBatch batch, int payloadLength)
    {
        ArgumentNullException.ThrowIfNull(batch);
        int symbols = batch.BytesLength;
        bool anySeries = false;
        int fault = CollectSymbols(batch, payloadLength, ref anySeries);
        if (fault >= 0)
        {
            return Fail(batch, DecodeResult.Malformed("write request", fault));
        }

        if (!anySeries)
        {
            return DecodeResult.Ok;
        }

        // Growth of the batch moves its bytes to another array; what these spans show stays as it is, for no one writes there again.
        ReadOnlySpan<byte> payload = batch.Bytes[..payloadLength];
        var table = new SymbolTable(payload, batch.Bytes[symbols..]);
        if (table.Count == 0 || table[0].Length != 0)
        {
            return Fail(batch, new DecodeResult("the first symbol of the write request is not the empty string"));
        }

        return DecodeSeries(batch, payload, table);
    }

    private static DecodeResult Fail(WriteBatch batch, DecodeResult result)
    {
        batch.Reset(0);
        return result;
    }

    /// <returns>-1, or the offset of what is malformed.</returns>
    private static int CollectSymbols(WriteBatch batch, int payloadLength, ref bool anySeries)
    {
        var reader = new ProtoReader(batch.Bytes[..payloadLength]);
        while (reader.HasMore)
        {
            int start = reader.Position;
            if (!reader.TryReadTag(out uint tag))
            {
                return start;
            }

            if (tag == SymbolTag)
            {
                if (!reader.TryReadLength(out int length))
                {
                    return start;
                }

                SymbolTable.Add(batch, reader.Position, length);
                reader.Advance(length);
            }
            else if ((tag >> 3 is 4 or 5 && tag != SeriesTag) || !reader.TrySkip(tag))
            {
                return start;
            }
            else
            {
                anySeries |= tag == SeriesTag;
            }
        }

        return -1;
    }

    private static DecodeResult DecodeSeries(WriteBatch batch, ReadOnlySpan<byte> payload, in SymbolTable table)
    {
        var limits = new DecodeLimits(payload.Length);
        var reader = new ProtoReader(payload);
        while (reader.HasMore && reader.TryReadTag(out uint tag))
        {
            if (tag != SeriesTag)
            {
                _ = reader.TrySkip(tag);
                continue;
            }

            _ = reader.TryReadLength(out int length);
            int start = reader.Position;
            reader.Advance(length);
            var series = new SeriesV2Parser(batch, payload, table, limits);
            if (!series.TryParse(start, start + length))
            {
                return Fail(batch, DecodeResult.Malformed("time series", start));
            }

            if (limits.Exceeded(batch))
            {
                return Fail(batch, new DecodeResult("write request has too many empty entries"));
            }

            if (batch.BytesLength > MaxExpandedBytes)
            {
                return Fail(batch, new DecodeResult($"labels of the write request expand to more than {MaxExpandedBytes} bytes"));
            }
        }

        return DecodeResult.Ok;
    }
}
