using RemoteStore.Model.Samples;
using RemoteStore.PrometheusBlocks.Format;
using RemoteStore.Storage.Querying;
using RemoteStore.Wire.PrometheusChunks;

namespace RemoteStore.PrometheusBlocks.Writing;

/// <summary>Cuts the samples of a series into chunks, floats and histograms in turn where a series has both.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class SeriesChunks(ChunkSegmentWriter segments)
{
    private const int FloatsPerChunk = 120; // as Prometheus cuts them

    private readonly FloatChunkEncoder _floats = new();
    private readonly HistogramChunkEncoder _histograms = new();
    private readonly List<ChunkLocation> _chunks = [];
    private long _firstHistogram;
    private long _lastHistogram;

    /// <summary>Writes all samples of a series.</summary>
    /// <returns>Its chunks, ascending by time; valid until the next call.</returns>
    public IReadOnlyList<ChunkLocation> Write(SampleBuffer samples)
    {
        _chunks.Clear();
        ReadOnlySpan<long> timestamps = samples.Timestamps;
        ReadOnlySpan<long> values = samples.ValueBits;
        foreach (HistogramSample sample in samples.Histograms)
        {
            int before = timestamps.BinarySearch(sample.TimestampMs) is int found && found >= 0 ? found : ~found;
            if (before > 0)
            {
                EndHistograms();
                WriteFloats(timestamps[..before], values[..before]);
                timestamps = timestamps[before..];
                values = values[before..];
            }

            Add(sample.TimestampMs, HistogramPayload.Decode(samples.Payload(sample)));
        }

        EndHistograms();
        WriteFloats(timestamps, values);
        return _chunks;
    }

    private void Add(long timestampMs, NativeHistogram histogram)
    {
        if (!_histograms.TryAdd(timestampMs, histogram))
        {
            EndHistograms();
            _ = _histograms.TryAdd(timestampMs, histogram);
        }

        _firstHistogram = _histograms.Count == 1 ? timestampMs : _firstHistogram;
        _lastHistogram = timestampMs;
    }

    private void EndHistograms()
    {
        if (_histograms.Count > 0)
        {
            _chunks.Add(segments.Write(_firstHistogram, _lastHistogram, _histograms.Encoding, _histograms.Take()));
        }
    }

    private void WriteFloats(ReadOnlySpan<long> timestamps, ReadOnlySpan<long> values)
    {
        while (!timestamps.IsEmpty)
        {
            int count = Math.Min(FloatsPerChunk, timestamps.Length);
            _chunks.Add(segments.Write(timestamps[0], timestamps[count - 1], ChunkEncoding.Xor, _floats.Encode(timestamps[..count], values[..count])));
            timestamps = timestamps[count..];
            values = values[count..];
        }
    }
}
