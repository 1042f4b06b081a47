using RemoteStore.Blocks.Parts;
using RemoteStore.Chunks;
using RemoteStore.Model;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Format.Reading;

/// <summary>Decodes chunks straight into sample columns. Keeps scratch memory; not safe for concurrent use.</summary>
internal sealed class ChunkDecoder(BlockRange blockRange)
{
    private readonly PresenceSet _presence = new();
    private readonly HistogramChunkDecoder _histograms = new();
    private readonly ByteBuffer _payloads = new();
    private readonly long[] _times = new long[ChunkLimits.MaxSamples + ChunkLimits.DestinationPadding];
    private readonly long[] _starts = new long[ChunkLimits.MaxSamples + ChunkLimits.DestinationPadding];
    private readonly int[] _lengths = new int[ChunkLimits.MaxSamples];

    /// <summary>True when the chunk's slot has times of the range.</summary>
    public bool MayOverlap(in ChunkInfo chunk, QueryRange range)
    {
        long start = unchecked(blockRange.Start + (long)BlockFormat.SlotStart(blockRange.Length, chunk.Exponent, chunk.Slot));
        long end = unchecked(blockRange.Start + (long)BlockFormat.SlotStart(blockRange.Length, chunk.Exponent, chunk.Slot + 1));
        return start <= range.MaxTime && end > range.MinTime;
    }

    /// <summary>Appends a chunk's samples that lie in the range.</summary>
    /// <param name="page">Its page.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="column">Times of its column; empty when it carries its own.</param>
    /// <param name="range">What is wanted.</param>
    /// <param name="samples">Gets the samples; of no meaning behind those of before when this throws.</param>
    /// <exception cref="InvalidDataException">The chunk is broken.</exception>
    public void Decode(SamplePage page, in ChunkInfo chunk, ReadOnlySpan<long> column, QueryRange range, SampleBuffer samples)
    {
        var header = new ChunkHeaderReader(page.Header(chunk));
        ReadOnlySpan<byte> packed = page.Packed(chunk);
        int count = chunk.InlineCount;
        if (chunk.Times == ChunkTimes.WholeColumn)
        {
            count = column.Length;
        }
        else if (chunk.Times == ChunkTimes.PartOfColumn)
        {
            PresenceColumn.Decode(ref header, column.Length, _presence);
            count = _presence.Count;
        }

        if (count is 0 or > ChunkLimits.MaxSamples)
        {
            Malformed.Throw($"a chunk of {count} samples is not possible");
        }

        if ((chunk.Flags & ChunkFlags.Histograms) != 0)
        {
            DecodeHistograms(ref header, packed, chunk, column, count, range, samples);
        }
        else
        {
            DecodeFloats(ref header, packed, chunk, column, count, range, samples);
        }

        if (header.Remaining != 0)
        {
            Malformed.Throw("bytes are left behind a chunk");
        }
    }

    private void DecodeFloats(
        ref ChunkHeaderReader header, ReadOnlySpan<byte> packed, in ChunkInfo chunk, ReadOnlySpan<long> column, int count, QueryRange range, SampleBuffer samples)
    {
        int first = samples.Count;
        int valuesLength = chunk.PackedLength - chunk.StartsPackedLength - chunk.TimesPackedLength;
        samples.AddUninitialized(count, out Span<long> times, out Span<long> values);
        ValueChunkDecoder.Decode(ref header, packed, valuesLength, count, values);
        bool starts = (chunk.Flags & ChunkFlags.StartTimestamps) != 0;
        if (starts)
        {
            TimestampChunkDecoder.Decode(ref header, packed[valuesLength..], chunk.StartsPackedLength, count, _starts);
        }

        ReadTimes(ref header, packed, chunk, column, count, times);
        if (starts)
        {
            _starts.AsSpan(0, count).CopyTo(samples.FillStartTimestamps(count));
        }

        samples.TrimFloats(first, range.MinTime, range.MaxTime);
    }

    private void DecodeHistograms(
        ref ChunkHeaderReader header, ReadOnlySpan<byte> packed, in ChunkInfo chunk, ReadOnlySpan<long> column, int count, QueryRange range, SampleBuffer samples)
    {
        int valuesLength = chunk.PackedLength - chunk.StartsPackedLength - chunk.TimesPackedLength;
        _payloads.Clear();
        _histograms.Decode(ref header, packed, valuesLength, count, _payloads, _lengths.AsSpan(0, count));
        _starts.AsSpan(0, count).Clear();
        if ((chunk.Flags & ChunkFlags.StartTimestamps) != 0)
        {
            TimestampChunkDecoder.Decode(ref header, packed[valuesLength..], chunk.StartsPackedLength, count, _starts);
        }

        ReadTimes(ref header, packed, chunk, column, count, _times);
        int at = 0;
        for (int i = 0; i < count; i++)
        {
            if (range.Contains(_times[i]))
            {
                samples.AddHistogram(_times[i], _starts[i], _payloads.Written.Slice(at, _lengths[i]));
            }

            at += _lengths[i];
        }
    }

    private void ReadTimes(
        ref ChunkHeaderReader header, ReadOnlySpan<byte> packed, in ChunkInfo chunk, ReadOnlySpan<long> column, int count, Span<long> destination)
    {
        switch (chunk.Times)
        {
            case ChunkTimes.WholeColumn:
                column.CopyTo(destination);
                break;
            case ChunkTimes.PartOfColumn:
                _ = _presence.Select(column, destination);
                break;
            default:
                TimestampChunkDecoder.Decode(
                    ref header, packed[(chunk.PackedLength - chunk.TimesPackedLength)..], chunk.TimesPackedLength, count, destination);
                ColumnPage.CheckAscending(destination[..count]);
                break;
        }
    }
}
