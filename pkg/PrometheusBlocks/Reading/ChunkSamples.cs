using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;
using RemoteStore.Wire.PrometheusChunks;

namespace RemoteStore.PrometheusBlocks.Reading;

/// <summary>Decodes chunks of any encoding into a buffer of samples.</summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class ChunkSamples
{
    private long[] _starts = [];

    /// <summary>Appends the samples of a chunk.</summary>
    /// <exception cref="InvalidDataException">It is damaged, its samples do not ascend, or a histogram is not valid.</exception>
    public void Decode(ChunkEncoding encoding, ReadOnlySpan<byte> chunk, SampleBuffer samples)
    {
        if (encoding is ChunkEncoding.Histogram or ChunkEncoding.FloatHistogram)
        {
            DecodeHistograms(encoding, chunk, samples);
        }
        else
        {
            DecodeFloats(encoding, chunk, samples);
        }
    }

    private static void DecodeHistograms(ChunkEncoding encoding, ReadOnlySpan<byte> chunk, SampleBuffer samples)
    {
        var decoder = new HistogramChunkDecoder(encoding, chunk);
        bool isFirst = true;
        long previous = 0;
        while (decoder.Next() is { } histogram)
        {
            if (!isFirst && decoder.TimestampMs <= previous)
            {
                throw Unordered(previous, decoder.TimestampMs);
            }

            HistogramFault fault = HistogramPayload.Validate(histogram);
            if (fault != HistogramFault.None)
            {
                throw new InvalidDataException($"the histogram at {decoder.TimestampMs} is not valid: {fault.Describe()}");
            }

            samples.AddHistogram(decoder.TimestampMs, 0, HistogramPayload.Encode(histogram));
            (isFirst, previous) = (false, decoder.TimestampMs);
        }
    }

    private void DecodeFloats(ChunkEncoding encoding, ReadOnlySpan<byte> chunk, SampleBuffer samples)
    {
        int count = FloatChunkDecoder.Count(chunk);
        if (_starts.Length < count)
        {
            _starts = new long[Math.Max(count, 256)];
        }

        samples.AddUninitialized(count, out Span<long> timestamps, out Span<long> valueBits);
        timestamps = timestamps[..count];
        Span<long> starts = _starts.AsSpan(0, count);
        FloatChunkDecoder.Decode(encoding, chunk, timestamps, valueBits[..count], starts);
        for (int i = 1; i < count; i++)
        {
            if (timestamps[i] <= timestamps[i - 1])
            {
                throw Unordered(timestamps[i - 1], timestamps[i]);
            }
        }

        if (starts.ContainsAnyExcept(0))
        {
            starts.CopyTo(samples.FillStartTimestamps(count));
        }
    }

    private static InvalidDataException Unordered(long previous, long timestampMs) => new($"a sample at {timestampMs} follows one at {previous}");
}
