using System.IO.Hashing;
using System.Runtime.InteropServices;
using RemoteStore.Chunks;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>Encodes the samples of one series after another into chunks and appends them to the spool.</summary>
internal sealed class SeriesSpooler(Spool spool, ColumnTable columns, BlockWriterOptions options)
{
    private const int HistogramSlotBytes = 256 << 10; // payload bytes that a slot may have before slots are halved
    private const int HistogramChunkBytes = 1 << 20;

    private readonly ValueChunkEncoder _values = new();
    private readonly TimestampChunkEncoder _times = new();
    private readonly HistogramChunkEncoder _histograms = new();
    private readonly List<ChunkHead> _heads = [];
    private readonly ByteBuffer _header = new();
    private readonly ByteBuffer _packed = new();
    private readonly ByteBuffer _record = new();
    private readonly ByteBuffer _payloads = new();
    private long[] _histogramTimes = [];
    private long[] _histogramStarts = [];
    private readonly int[] _payloadLengths = new int[ChunkLimits.MaxSamples];
    private int _series;

    /// <summary>Chunks written so far.</summary>
    public long Chunks { get; private set; }

    /// <summary>Encodes a series.</summary>
    /// <param name="labels">Its canonical label bytes.</param>
    /// <param name="samples">Its samples, sorted and deduplicated.</param>
    /// <param name="length">Length of its record in the spool.</param>
    /// <returns>Where the record begins.</returns>
    /// <exception cref="ArgumentException">The samples do not ascend, or lie outside the block's range.</exception>
    public long Add(ReadOnlySpan<byte> labels, SampleBuffer samples, out int length)
    {
        _series++;
        _heads.Clear();
        _header.Clear();
        _packed.Clear();
        ulong target = TargetOf(labels);
        AddFloats(samples, target);
        AddHistograms(samples, target);
        Chunks += _heads.Count;

        _record.Clear();
        int count = _heads.Count;
        _record.Add(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in count)));
        _record.Add(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_heads)));
        _record.Add(_header.Written);
        _record.Add(_packed.Written);
        length = _record.Length;
        return spool.Append(_record.Written);
    }

    /// <summary>What identifies the scrape target: the labels that the scraper attaches to all of its series.</summary>
    private static ulong TargetOf(ReadOnlySpan<byte> labels)
    {
        ulong job = XxHash3.HashToUInt64(LabelSet.GetValue(labels, "job"u8));
        return XxHash3.HashToUInt64(LabelSet.GetValue(labels, "instance"u8), unchecked((long)job));
    }

    private static ulong Mix(ulong hash, ulong value) => unchecked((hash ^ value) * 0x9E3779B97F4A7C15) ^ (hash >> 29);

    private void AddFloats(SampleBuffer samples, ulong target)
    {
        ReadOnlySpan<long> timestamps = samples.Timestamps;
        CheckTimes(timestamps);
        bool starts = samples.StartTimestamps.ContainsAnyExcept(0);
        CodecHint hint = default;
        var cutter = new SlotCutter(options.Range, options.ResolutionMs, timestamps, options.SlotSamples, ChunkLimits.MaxSamples);
        while (cutter.MoveNext())
        {
            int start = cutter.Start;
            int count = cutter.End - start;
            ReadOnlySpan<long> chunkStarts = starts ? samples.StartTimestamps.Slice(start, count) : [];
            bool withStarts = chunkStarts.ContainsAnyExcept(0);
            ChunkHead head = Begin(timestamps.Slice(start, count), cutter, target, out int headerStart, out int packedStart);
            _values.Encode(samples.ValueBits.Slice(start, count), ref hint, _header, _packed);
            End(head, withStarts ? chunkStarts : [], timestamps.Slice(start, count), headerStart, packedStart);
        }
    }

    private void AddHistograms(SampleBuffer samples, ulong target)
    {
        ReadOnlySpan<HistogramSample> histograms = samples.Histograms;
        if (histograms.IsEmpty)
        {
            return;
        }

        if (_histogramTimes.Length < histograms.Length)
        {
            _histogramTimes = new long[histograms.Length + 64];
            _histogramStarts = new long[histograms.Length + 64];
        }

        long bytes = 0;
        for (int i = 0; i < histograms.Length; i++)
        {
            _histogramTimes[i] = histograms[i].TimestampMs;
            _histogramStarts[i] = histograms[i].StartTimestampMs;
            bytes += histograms[i].PayloadLength;
        }

        ReadOnlySpan<long> timestamps = _histogramTimes.AsSpan(0, histograms.Length);
        CheckTimes(timestamps);
        int slotSamples = (int)Math.Clamp(HistogramSlotBytes * (long)histograms.Length / Math.Max(bytes, 1), 16, options.SlotSamples);
        var cutter = new SlotCutter(options.Range, options.ResolutionMs, timestamps, slotSamples, ChunkLimits.MaxSamples);
        while (cutter.MoveNext())
        {
            for (int start = cutter.Start; start < cutter.End;)
            {
                int end = Gather(samples, histograms, start, cutter.End);
                ReadOnlySpan<long> starts = _histogramStarts.AsSpan(start, end - start);
                ReadOnlySpan<long> times = timestamps[start..end];
                ChunkHead head = Begin(times, cutter, target, out int headerStart, out int packedStart);
                head.Flags |= ChunkFlags.Histograms;
                _histograms.Encode(new HistogramRun(_payloads.Written, _payloadLengths.AsSpan(0, end - start)), _header, _packed);
                End(head, starts.ContainsAnyExcept(0) ? starts : [], times, headerStart, packedStart);
                start = end;
            }
        }
    }

    /// <summary>Copies payloads from <paramref name="start"/> on, until the chunk is large enough; returns one past the last.</summary>
    private int Gather(SampleBuffer samples, ReadOnlySpan<HistogramSample> histograms, int start, int end)
    {
        _payloads.Clear();
        int i = start;
        while (i < end && (i == start || _payloads.Length + histograms[i].PayloadLength <= HistogramChunkBytes))
        {
            _payloads.Add(samples.Payload(histograms[i]));
            _payloadLengths[i - start] = histograms[i].PayloadLength;
            i++;
        }

        return i;
    }

    private ChunkHead Begin(ReadOnlySpan<long> timestamps, in SlotCutter cutter, ulong target, out int headerStart, out int packedStart)
    {
        headerStart = _header.Length;
        packedStart = _packed.Length;
        ulong slot = Mix(Mix(0, cutter.Slot), (ulong)cutter.Exponent);
        ChunkTimes times = columns.Use(timestamps, Mix(target, slot), slot, _series, _header, out int column);
        return new ChunkHead
        {
            Slot = cutter.Slot,
            Exponent = (byte)cutter.Exponent,
            MinTime = timestamps[0],
            MaxTime = timestamps[^1],
            Column = column,
            Count = timestamps.Length,
            Flags = (ChunkFlags)times,
        };
    }

    private void End(ChunkHead head, ReadOnlySpan<long> starts, ReadOnlySpan<long> timestamps, int headerStart, int packedStart)
    {
        if (!starts.IsEmpty)
        {
            int before = _packed.Length;
            _times.Encode(starts, _header, _packed);
            head.StartsPackedLength = _packed.Length - before;
            head.Flags |= ChunkFlags.StartTimestamps;
        }

        if (head.Times == ChunkTimes.Inline)
        {
            int before = _packed.Length;
            _times.Encode(timestamps, _header, _packed);
            head.TimesPackedLength = _packed.Length - before;
        }

        head.HeaderLength = _header.Length - headerStart;
        head.PackedLength = _packed.Length - packedStart;
        _heads.Add(head);
    }

    private void CheckTimes(ReadOnlySpan<long> timestamps)
    {
        for (int i = 1; i < timestamps.Length; i++)
        {
            if (timestamps[i] <= timestamps[i - 1])
            {
                throw new ArgumentException("the samples of a series must ascend strictly in time", nameof(timestamps));
            }
        }

        if (!timestamps.IsEmpty && (!options.Range.Contains(timestamps[0]) || !options.Range.Contains(timestamps[^1])))
        {
            throw new ArgumentException(
                $"samples from {timestamps[0]} to {timestamps[^1]} lie outside the block's range from {options.Range.Start} to {options.Range.End}", nameof(timestamps));
        }
    }
}
