using RemoteStore.Chunks;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Parts;

/// <summary>
/// Encodes blocks of long runs as <see cref="BlockEncoding.Columns"/>: the timestamps of series that are scraped together once, the values of each run as
/// chunks, whose headers compress together while their packed bits stay as they are.
/// </summary>
internal sealed class ColumnsEncoder : IBlockEncoder
{
    private readonly SectionWriter _sections = new(compress: true);
    private readonly KeyColumn _keys = new();
    private readonly ValueChunkEncoder _values = new();
    private readonly HistogramChunkEncoder _histograms = new();
    private readonly ByteBuffer _headers = new();
    private readonly ByteBuffer _header = new();
    private readonly ByteBuffer _packed = new();
    private int[] _lengths = [];

    public BlockEncoding Encoding => BlockEncoding.Columns;

    public void Encode(RowBlock rows, int runs, BlockKind kind, long minTime, ByteBuffer body)
    {
        _headers.Clear();
        _keys.Encode(rows, runs, minTime, _headers);
        _sections.Write(body, _headers.Written);

        _headers.Clear();
        _packed.Clear();
        CodecHint hint = default;
        for (int run = 0; run < runs; run++)
        {
            for (int start = rows.RunStarts[run]; start < rows.RunStarts[run + 1];)
            {
                int count = Math.Min(rows.RunStarts[run + 1] - start, ChunkLimits.MaxSamples);
                EncodeChunk(rows, kind, start, count, ref hint);
                start += count;
            }
        }

        _sections.Write(body, _headers.Written);
        SectionWriter.WritePlain(body, _packed.Written);
        if (rows.HasStartTimestamps)
        {
            _headers.Clear();
            RepeatColumn.Encode(rows.StartTimestamps.AsSpan(0, rows.RunStarts[runs]), _headers);
            _sections.Write(body, _headers.Written);
        }
    }

    public void Dispose() => _sections.Dispose();

    private void EncodeChunk(RowBlock rows, BlockKind kind, int start, int count, ref CodecHint hint)
    {
        _header.Clear();
        int before = _packed.Length;
        if (kind == BlockKind.Floats)
        {
            _values.Encode(rows.ValueBits.AsSpan(start, count), ref hint, _header, _packed);
        }
        else
        {
            EncodeHistograms(rows, start, count);
        }

        _headers.AddVarint((ulong)(_packed.Length - before));
        _headers.Add(_header.Written);
    }

    private void EncodeHistograms(RowBlock rows, int start, int count)
    {
        if (_lengths.Length < count)
        {
            _lengths = new int[Math.Max(count, 256)];
        }

        for (int i = 0; i < count; i++)
        {
            _lengths[i] = rows.PayloadStarts[start + i + 1] - rows.PayloadStarts[start + i];
        }

        ReadOnlySpan<byte> payloads = rows.Payloads.AsSpan(rows.PayloadStarts[start], rows.PayloadStarts[start + count] - rows.PayloadStarts[start]);
        _histograms.Encode(new HistogramRun(payloads, _lengths.AsSpan(0, count)), _header, _packed);
    }
}
