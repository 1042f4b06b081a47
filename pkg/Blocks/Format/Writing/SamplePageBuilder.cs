using System.IO.Hashing;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>
/// Gathers chunks of series in label order into one page: what describes chunks in columns, header bytes, and the packed stream in which equal bytes are
/// stored once. Layout: docs/block.md, "Page of samples".
/// </summary>
internal sealed class SamplePageBuilder
{
    private readonly ByteBuffer _chunkCounts = new();
    private readonly ByteBuffer _flags = new();
    private readonly ByteBuffer _exponents = new();
    private readonly ByteBuffer _slots = new();
    private readonly ByteBuffer _columns = new();
    private readonly ByteBuffer _inlineCounts = new();
    private readonly ByteBuffer _headerLengths = new();
    private readonly ByteBuffer _packedRefs = new();
    private readonly ByteBuffer _packedLengths = new();
    private readonly ByteBuffer _partLengths = new();
    private readonly ByteBuffer _headers = new();
    private readonly ByteBuffer _packed = new();
    private readonly ByteBuffer _raw = new();
    private readonly Dictionary<ulong, (int Chunk, int Offset, int Length)> _known = [];
    private int _firstSeries;
    private int _chunks;
    private int _chunksOfSeries;
    private ulong _lastSlot;
    private int _lastColumn;
    private long _minTime;
    private long _maxTime;

    /// <summary>Series in the page.</summary>
    public int Series { get; private set; }

    /// <summary>Size by which pages are closed: packed bytes and header bytes before compression.</summary>
    public int Size => _packed.Length + _headers.Length + (6 * _chunks) + Series;

    /// <summary>The packed stream.</summary>
    public ReadOnlySpan<byte> Packed => _packed.Written;

    /// <summary>Empties the page; the next series is <paramref name="firstSeries"/>.</summary>
    public void Begin(int firstSeries)
    {
        foreach (ByteBuffer buffer in (ReadOnlySpan<ByteBuffer>)[.. Columns(), _headers, _packed])
        {
            buffer.Clear();
        }

        _known.Clear();
        _firstSeries = firstSeries;
        Series = 0;
        _chunks = 0;
        _lastColumn = 0;
        _minTime = long.MaxValue;
        _maxTime = long.MinValue;
    }

    /// <summary>Begins the next series of the page.</summary>
    public void BeginSeries()
    {
        Series++;
        _chunksOfSeries = 0;
        _lastSlot = 0;
    }

    /// <summary>Adds a chunk of the series; <paramref name="column"/> is the final number of its column, if it has one.</summary>
    public void AddChunk(in ChunkHead head, int column, ReadOnlySpan<byte> header, ReadOnlySpan<byte> packed)
    {
        _flags.Add((byte)head.Flags);
        _exponents.Add(head.Exponent);
        _slots.AddVarint(Varint.ZigZag(unchecked((long)(head.Slot - _lastSlot))));
        _lastSlot = head.Slot;
        if (head.Times == ChunkTimes.Inline)
        {
            _inlineCounts.AddVarint((ulong)head.Count);
        }
        else
        {
            _columns.AddVarint(Varint.ZigZag(column - _lastColumn));
            _lastColumn = column;
        }

        _headerLengths.AddVarint((ulong)header.Length);
        _headers.Add(header);
        AddPacked(packed);
        if ((head.Flags & ChunkFlags.StartTimestamps) != 0)
        {
            _partLengths.AddVarint((ulong)head.StartsPackedLength);
        }

        if (head.Times == ChunkTimes.Inline)
        {
            _partLengths.AddVarint((ulong)head.TimesPackedLength);
        }

        _minTime = Math.Min(_minTime, head.MinTime);
        _maxTime = Math.Max(_maxTime, head.MaxTime);
        _chunks++;
        _chunksOfSeries++;
    }

    /// <summary>Ends the series begun last.</summary>
    public void EndSeries() => _chunkCounts.AddVarint((ulong)_chunksOfSeries);

    /// <summary>The header, before compression.</summary>
    public ReadOnlySpan<byte> BuildHeader()
    {
        _raw.Clear();
        foreach (ByteBuffer column in Columns())
        {
            _raw.Add(column.Written);
        }

        _raw.Add(_headers.Written);
        return _raw.Written;
    }

    /// <summary>Describes the page once it is written.</summary>
    public PageEntry Describe(long offset, int headerStored) =>
        new(offset, headerStored, _raw.Length, _packed.Length, _firstSeries, _firstSeries + Series - 1, _minTime, _maxTime);

    // The order is the format's.
    private ByteBuffer[] Columns() =>
        [_chunkCounts, _flags, _exponents, _slots, _columns, _inlineCounts, _headerLengths, _packedRefs, _packedLengths, _partLengths];

    /// <summary>Packed bytes of a chunk: 0 and their length, or how many chunks back the same bytes were.</summary>
    private void AddPacked(ReadOnlySpan<byte> packed)
    {
        if (!packed.IsEmpty)
        {
            ulong hash = XxHash3.HashToUInt64(packed);
            if (_known.TryGetValue(hash, out (int Chunk, int Offset, int Length) same)
                && _packed.Written.Slice(same.Offset, same.Length).SequenceEqual(packed))
            {
                _packedRefs.AddVarint((ulong)(_chunks - same.Chunk));
                return;
            }

            _known[hash] = (_chunks, _packed.Length, packed.Length);
        }

        _packedRefs.AddVarint(0);
        _packedLengths.AddVarint((ulong)packed.Length);
        _packed.Add(packed);
    }
}
