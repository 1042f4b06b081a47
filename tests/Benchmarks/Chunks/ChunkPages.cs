using RemoteStore.Chunks;
using RemoteStore.Primitives.Encoding;
using ZstdSharp;

namespace RemoteStore.Benchmarks.Chunks;

/// <summary>
/// Series in chunks, in pages of about 64 KiB packed: header streams compressed, packed streams as they are, timestamp columns shared by the chunks that have the same.
/// </summary>
internal sealed class ChunkPages : IDisposable
{
    private const int PackedPageBytes = 64 * 1024;
    private readonly long[] _values = new long[ChunkLimits.MaxSamples + ChunkLimits.DestinationPadding];
    private readonly List<long[]> _columns = [];
    private readonly List<(int Length, byte[] Header, byte[] Packed)> _encodedColumns = [];
    private readonly List<Page> _pages = [];
    private readonly byte[] _headerScratch = new byte[1 << 20];
    private readonly Decompressor _decompressor = new();
    private readonly long[] _timestampScratch;

    public ChunkPages(IEnumerable<DumpSeries> series, int samplesPerChunk)
    {
        var encoder = new ValueChunkEncoder();
        var timestampEncoder = new TimestampChunkEncoder();
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var header = new ByteBuffer();
        var packed = new ByteBuffer();
        List<(int Count, int PackedLength)> chunks = [];
        foreach (DumpSeries one in series)
        {
            CodecHint hint = default;
            for (int start = 0; start < one.Count; start += samplesPerChunk)
            {
                int count = Math.Min(samplesPerChunk, one.Count - start);
                int before = packed.Length;
                encoder.Encode(one.ValueBits.AsSpan(start, count), ref hint, header, packed);
                chunks.Add((count, packed.Length - before));
                long[] column = one.TimestampsMs[start..(start + count)];
                if (known.TryAdd(string.Join(',', column), _columns.Count))
                {
                    _columns.Add(column);
                    var columnHeader = new ByteBuffer();
                    var columnPacked = new ByteBuffer();
                    timestampEncoder.Encode(column, columnHeader, columnPacked);
                    TimestampBytes += columnHeader.Length + columnPacked.Length;
                    columnPacked.Add(new byte[ChunkLimits.SourcePadding]);
                    _encodedColumns.Add((count, columnHeader.Written.ToArray(), columnPacked.Written.ToArray()));
                }

                Values += count;
                Chunks++;
            }

            if (packed.Length > PackedPageBytes)
            {
                Close(header, packed, chunks);
            }
        }

        Close(header, packed, chunks);
        _timestampScratch = new long[ChunkLimits.MaxSamples + ChunkLimits.DestinationPadding];
    }

    public long Values { get; private set; }

    public int Chunks { get; private set; }

    public int Columns => _columns.Count;

    public long HeaderBytes { get; private set; }

    public long CompressedHeaderBytes { get; private set; }

    public long PackedBytes { get; private set; }

    public long TimestampBytes { get; private set; }

    /// <summary>Bytes of values per sample, headers not compressed.</summary>
    public double PlainBytesPerSample => (double)(HeaderBytes + PackedBytes) / Values;

    /// <summary>The same with headers compressed.</summary>
    public double SplitBytesPerSample => (double)(CompressedHeaderBytes + PackedBytes) / Values;

    /// <summary>Decodes everything: shared columns once, headers decompressed unless <paramref name="headersReady"/>, all values.</summary>
    public void Decode(DecodeChunk decode, bool headersReady)
    {
        foreach ((int length, byte[] header, byte[] packed) in _encodedColumns)
        {
            var reader = new ChunkHeaderReader(header);
            TimestampChunkDecoder.Decode(ref reader, packed, packed.Length - ChunkLimits.SourcePadding, length, _timestampScratch);
        }

        foreach (Page page in _pages)
        {
            ReadOnlySpan<byte> header = page.Header;
            if (!headersReady)
            {
                header = _headerScratch.AsSpan(0, _decompressor.Unwrap(page.CompressedHeader, _headerScratch));
            }

            var reader = new ChunkHeaderReader(header);
            ReadOnlySpan<byte> packed = page.Packed;
            int at = 0;
            foreach ((int count, int packedLength) in page.Chunks)
            {
                decode(ref reader, packed[at..], packedLength, count, _values);
                at += packedLength;
            }
        }
    }

    public void Dispose() => _decompressor.Dispose();

    private void Close(ByteBuffer header, ByteBuffer packed, List<(int Count, int PackedLength)> chunks)
    {
        if (chunks.Count == 0)
        {
            return;
        }

        using var compressor = new Compressor(3);
        byte[] compressed = compressor.Wrap(header.Written).ToArray();
        HeaderBytes += header.Length;
        CompressedHeaderBytes += compressed.Length;
        PackedBytes += packed.Length;
        packed.Add(new byte[ChunkLimits.SourcePadding]);
        _pages.Add(new Page(header.Written.ToArray(), compressed, packed.Written.ToArray(), [.. chunks]));
        header.Clear();
        packed.Clear();
        chunks.Clear();
    }

    private sealed record Page(byte[] Header, byte[] CompressedHeader, byte[] Packed, (int Count, int PackedLength)[] Chunks);
}

/// <summary>Decodes one chunk of values.</summary>
internal delegate void DecodeChunk(ref ChunkHeaderReader header, ReadOnlySpan<byte> packed, int packedLength, int count, Span<long> destination);
