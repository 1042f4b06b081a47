using System.Buffers;
using System.Buffers.Binary;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Wire.PrometheusChunks;

namespace RemoteStore.Wire.RemoteRead;

/// <summary>
/// Writes a stream of <c>prometheus.ChunkedReadResponse</c>: chunked_series = 1 { labels = 1, chunks = 2 { min_time_ms = 1, max_time_ms = 2, type = 3, data = 4 } },
/// query_index = 2. A frame is length, CRC-32C and message, and holds one series or a part of it; the next part repeats its labels. Begin and end series in turn;
/// within a series samples go in order of time.
/// </summary>
/// <param name="output">Gets whole frames.</param>
/// <param name="maxFrameBytes">A frame ends with the chunk that takes it to this size.</param>
public sealed class ChunkedReadWriter(IBufferWriter<byte> output, int maxFrameBytes)
{
    private const int SamplesPerChunk = 120;
    private const int FloatChunk = 1;
    private const int HistogramChunk = 2;
    private const int FloatHistogramChunk = 3;

    private readonly NestedWriter _message = new();
    private readonly FloatChunkEncoder _floats = new();
    private readonly HistogramChunkEncoder _histograms = new();
    private ReadOnlyMemory<byte> _labels;
    private ulong _query;
    private int _series;
    private bool _isOpen;

    /// <summary>Begins a series.</summary>
    /// <param name="query">Index of the query it answers.</param>
    /// <param name="labels">Its canonical label bytes, which are label fields already; kept until the series ends.</param>
    public void BeginSeries(int query, ReadOnlyMemory<byte> labels)
    {
        _query = (ulong)query;
        _labels = labels;
    }

    /// <summary>Writes float samples.</summary>
    /// <param name="timestamps">Milliseconds since the Unix epoch, ascending.</param>
    /// <param name="valueBits">Their bits as stored, same length.</param>
    public void AddSamples(ReadOnlySpan<long> timestamps, ReadOnlySpan<long> valueBits)
    {
        while (!timestamps.IsEmpty)
        {
            int count = Math.Min(SamplesPerChunk, timestamps.Length);
            AddChunk(timestamps[0], timestamps[count - 1], FloatChunk, _floats.Encode(timestamps[..count], valueBits[..count]));
            timestamps = timestamps[count..];
            valueBits = valueBits[count..];
        }
    }

    /// <summary>Writes a native histogram.</summary>
    /// <param name="timestampMs">Milliseconds since the Unix epoch.</param>
    /// <param name="payload">The stored payload.</param>
    public void AddHistogram(long timestampMs, ReadOnlySpan<byte> payload)
    {
        NativeHistogram histogram = HistogramPayload.Decode(payload);
        AddChunk(timestampMs, timestampMs, histogram.IsFloat ? FloatHistogramChunk : HistogramChunk, _histograms.Encode(timestampMs, histogram));
    }

    /// <summary>Ends a series; one without samples leaves no trace.</summary>
    public void EndSeries()
    {
        if (_isOpen)
        {
            EndFrame();
        }
    }

    private void AddChunk(long minTime, long maxTime, int type, ReadOnlySpan<byte> data)
    {
        if (!_isOpen)
        {
            _isOpen = true;
            _series = _message.Begin(1);
            _message.Raw(_labels.Span);
        }

        int chunk = _message.Begin(2);
        _message.Varint(1, (ulong)minTime);
        _message.Varint(2, (ulong)maxTime);
        _message.RepeatedVarint(3, (ulong)type);
        _message.Bytes(4, data);
        _message.End(chunk);
        if (_message.Length >= maxFrameBytes)
        {
            EndFrame();
        }
    }

    private void EndFrame()
    {
        _message.End(_series);
        _message.Varint(2, _query);
        ReadOnlySpan<byte> message = _message.Written.Span;
        Span<byte> head = output.GetSpan(Varint.MaxLength + sizeof(uint));
        int length = Varint.Write(head, (ulong)message.Length);
        BinaryPrimitives.WriteUInt32BigEndian(head[length..], Crc32C.Compute(message));
        output.Advance(length + sizeof(uint));
        output.Write(message);
        _message.Clear();
        _isOpen = false;
    }
}
