using System.Buffers;
using RemoteStore.Primitives.Encoding;
using Snappier;

namespace RemoteStore.Wire.RemoteRead;

/// <summary>
/// Writes a <c>prometheus.ReadResponse</c> of samples: results = 1 { timeseries = 1 { labels = 1, samples = 2, histograms = 4 } }, one result per query in
/// the order of the request. Begin and end queries and series in turn; within a series samples go in order of time.
/// </summary>
/// <remarks>Holds the whole response, because snappy's block format begins with its length: bound the samples before.</remarks>
public sealed class ReadResponseWriter
{
    private const int MaxSampleLength = 2 + 9 + 1 + Varint.MaxLength;
    private readonly NestedWriter _message = new();
    private int _query;
    private int _series;

    /// <summary>Bytes of the response so far, uncompressed.</summary>
    public int Length => _message.Length;

    /// <summary>The uncompressed response, once the last query ended; valid until the next write.</summary>
    public ReadOnlyMemory<byte> Written => _message.Written;

    /// <summary>Begins the result of the next query.</summary>
    public void BeginQuery() => _query = _message.Begin(1);

    /// <summary>Ends the result of a query.</summary>
    public void EndQuery() => _message.End(_query);

    /// <summary>Begins a series.</summary>
    /// <param name="labels">Its canonical label bytes, which are label fields already.</param>
    public void BeginSeries(ReadOnlySpan<byte> labels)
    {
        _series = _message.Begin(1);
        _message.Raw(labels);
    }

    /// <summary>Ends a series.</summary>
    public void EndSeries() => _message.End(_series);

    /// <summary>Writes float samples.</summary>
    /// <param name="timestamps">Milliseconds since the Unix epoch, ascending.</param>
    /// <param name="valueBits">Their bits as stored, same length.</param>
    public void AddSamples(ReadOnlySpan<long> timestamps, ReadOnlySpan<long> valueBits)
    {
        const int Batch = 1024; // bounds the room taken ahead
        for (int first = 0; first < timestamps.Length; first += Batch)
        {
            int count = Math.Min(Batch, timestamps.Length - first);
            var writer = new ProtoWriter(_message.Room(count * MaxSampleLength));
            for (int i = first; i < first + count; i++)
            {
                ulong timestamp = (ulong)timestamps[i];
                long bits = valueBits[i];
                writer.WriteLength(2, (bits == 0 ? 0 : 9) + (timestamp == 0 ? 0 : 1 + Varint.Length(timestamp)));
                writer.WriteFixed64UnlessZero(1, bits);
                writer.WriteVarintUnlessZero(2, timestamp);
            }

            _message.Advance(writer.Written);
        }
    }

    /// <summary>Writes a native histogram.</summary>
    /// <param name="timestampMs">Milliseconds since the Unix epoch.</param>
    /// <param name="payload">The stored payload.</param>
    public void AddHistogram(long timestampMs, ReadOnlySpan<byte> payload)
    {
        int histogram = _message.Begin(4);
        _message.Raw(payload);
        _message.Varint(15, (ulong)timestampMs);
        _message.End(histogram);
    }

    /// <summary>Writes the response in snappy's block format.</summary>
    public void CompressTo(IBufferWriter<byte> destination) => Snappy.Compress(new ReadOnlySequence<byte>(_message.Written), destination);
}
