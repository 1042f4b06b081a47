using System.Buffers.Binary;
using System.Runtime.InteropServices;
using RemoteStore.Chunks;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>Lays out the chunks file: pages of samples in label order, then pages of the columns that they name, then the footer.</summary>
internal sealed class ChunksFileWriter(BlockOutput output, UnitWriter units, BlockSeal seal, ColumnTable columns, Spool spool, BlockWriterOptions options)
{
    private readonly SamplePageBuilder _page = new();
    private readonly TimestampChunkEncoder _times = new();
    private readonly ByteBuffer _header = new();
    private readonly ByteBuffer _packed = new();
    private int _series;

    /// <summary>Pages of samples, in order.</summary>
    public List<PageEntry> SamplePages { get; } = [];

    /// <summary>Pages of columns, in order.</summary>
    public List<PageEntry> ColumnPages { get; } = [];

    /// <summary>Oldest sample written.</summary>
    public long MinTime { get; private set; } = long.MaxValue;

    /// <summary>Newest sample written.</summary>
    public long MaxTime { get; private set; } = long.MinValue;

    /// <summary>Adds the next series in label order.</summary>
    /// <param name="spoolOffset">Where its record lies in the spool.</param>
    /// <param name="length">Length of the record.</param>
    public void AddSeries(long spoolOffset, int length)
    {
        ReadOnlySpan<byte> record = spool.View(spoolOffset, length);
        int count = MemoryMarshal.Read<int>(record);
        ReadOnlySpan<ChunkHead> heads = MemoryMarshal.Cast<byte, ChunkHead>(record.Slice(sizeof(int), count * Marshal.SizeOf<ChunkHead>()));
        ReadOnlySpan<byte> bytes = record[(sizeof(int) + (count * Marshal.SizeOf<ChunkHead>()))..];
        int headerBytes = 0;
        foreach (ref readonly ChunkHead head in heads)
        {
            headerBytes += head.HeaderLength;
        }

        bool large = bytes.Length > options.PageBytes;
        if (_page.Series > 0 && (large || _page.Size + bytes.Length > options.PageBytes || _page.Series >= options.PageSeries))
        {
            WritePage();
        }

        if (_page.Series == 0)
        {
            _page.Begin(_series);
        }

        _page.BeginSeries();
        AddChunks(heads, bytes[..headerBytes], bytes[headerBytes..], large);
        _page.EndSeries();
        _series++;
        if (large)
        {
            WritePage();
        }
    }

    /// <summary>Writes what is left, the columns and the footer.</summary>
    public void Finish()
    {
        if (_page.Series > 0)
        {
            WritePage();
        }

        long samplePagesLength = output.Position;
        WriteColumns();
        Span<byte> footer = stackalloc byte[BlockFormat.FooterLength];
        footer.Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(footer, BlockFormat.ChunksMagic);
        seal.Id.WriteTo(footer[8..]);
        BinaryPrimitives.WriteUInt16LittleEndian(footer[24..], BlockFormat.Version);
        footer[26] = (byte)BlockFile.Chunks;
        BinaryPrimitives.WriteInt32LittleEndian(footer[32..], SamplePages.Count);
        BinaryPrimitives.WriteInt32LittleEndian(footer[36..], ColumnPages.Count);
        BinaryPrimitives.WriteInt64LittleEndian(footer[40..], samplePagesLength);
        BinaryPrimitives.WriteInt64LittleEndian(footer[48..], output.Position);
        BinaryPrimitives.WriteUInt64LittleEndian(
            footer[^BlockFormat.HashLength..],
            seal.Hash(BlockFile.Chunks, BlockSection.Footer, output.Position, footer[..^BlockFormat.HashLength]));
        output.Write(footer);
    }

    private void AddChunks(ReadOnlySpan<ChunkHead> heads, ReadOnlySpan<byte> headers, ReadOnlySpan<byte> packed, bool large)
    {
        int chunksInPage = 0;
        foreach (ChunkHead head in heads)
        {
            if (large && chunksInPage > 0 && _page.Size + head.PackedLength + head.HeaderLength > options.PageBytes)
            {
                // The series goes on alone in the next page.
                _page.EndSeries();
                WritePage();
                _page.Begin(_series);
                _page.BeginSeries();
                chunksInPage = 0;
            }

            AddChunk(head, headers[..head.HeaderLength], packed[..head.PackedLength]);
            headers = headers[head.HeaderLength..];
            packed = packed[head.PackedLength..];
            MinTime = Math.Min(MinTime, head.MinTime);
            MaxTime = Math.Max(MaxTime, head.MaxTime);
            chunksInPage++;
        }
    }

    private void AddChunk(ChunkHead head, ReadOnlySpan<byte> header, ReadOnlySpan<byte> packed)
    {
        if (head.Times == ChunkTimes.Inline)
        {
            _page.AddChunk(head, -1, header, packed);
        }
        else if (columns.Uses(head.Column) > 1)
        {
            _page.AddChunk(head, columns.Number(head.Column), header, packed);
        }
        else
        {
            // A column that only this chunk refers to would cost a further read for nothing.
            _header.Clear();
            _header.Add(header);
            _packed.Clear();
            _packed.Add(packed);
            _times.Encode(columns.Times(head.Column), _header, _packed);
            head.TimesPackedLength = _packed.Length - packed.Length;
            head.Flags = (head.Flags & ~ChunkFlags.TimesMask) | (ChunkFlags)ChunkTimes.Inline;
            _page.AddChunk(head, -1, _header.Written, _packed.Written);
        }
    }

    private void WritePage()
    {
        long offset = output.Position;
        int stored = units.Write(output, BlockFile.Chunks, BlockSection.SamplePage, _page.BuildHeader(), _page.Packed);
        SamplePages.Add(_page.Describe(offset, stored));
        _page.Begin(_series);
    }

    private void WriteColumns()
    {
        var page = new ColumnPageBuilder();
        page.Begin(0);
        int number = 0;
        foreach (int column in columns.InOrder())
        {
            int headerStart = page.Headers.Length;
            int packedStart = page.Packed.Length;
            long[] times = columns.Times(column);
            _times.Encode(times, page.Headers, page.Packed);
            page.Add(times, headerStart, packedStart);
            number++;
            if (page.Size >= options.PageBytes)
            {
                WriteColumnPage(page, number);
            }
        }

        if (page.Columns > 0)
        {
            WriteColumnPage(page, number);
        }
    }

    private void WriteColumnPage(ColumnPageBuilder page, int next)
    {
        long offset = output.Position;
        int stored = units.Write(output, BlockFile.Chunks, BlockSection.ColumnPage, page.BuildHeader(), page.Packed.Written);
        ColumnPages.Add(page.Describe(offset, stored));
        page.Begin(next);
    }
}
