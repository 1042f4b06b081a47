using System.Runtime.InteropServices;
using RemoteStore.Blocks.Parts;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Tsdb.Memtables;

/// <summary>
/// Hands the rows of a frozen memtable to a part in (series, time) order, deduplicated. Refs are dense, so one counting pass sorts them; scrapes repeat
/// the order of series, so the passes walk memory nearly in sequence.
/// </summary>
/// <remarks>Reused from memtable to memtable; not safe for concurrent use.</remarks>
internal sealed class MemtableSorter
{
    private const int BatchRows = 8192;

    private readonly SampleBuffer _run = new();
    private int[] _offsets = [];
    private int[] _order = [];
    private uint[] _refs = new uint[BatchRows];
    private long[] _timestamps = new long[BatchRows];
    private long[] _bits = new long[BatchRows];
    private long[] _starts = [];
    private readonly List<Source> _chunks = [];
    private int _count;
    private int _rows;
    private uint _maxRef;
    private bool _hasHistograms;
    private bool _hasStarts;

    /// <summary>Writes all rows at or after <paramref name="minTime"/> into the tenant section that the writer has open.</summary>
    /// <param name="memtables">Frozen memtables of one tenant, oldest first.</param>
    /// <param name="minTime">Rows before it are left out, milliseconds.</param>
    /// <param name="writer">Part being written.</param>
    public void Write(ReadOnlySpan<Memtable> memtables, long minTime, PartWriter writer)
    {
        Gather(memtables);
        SortByRef();
        if (_hasStarts && _starts.Length < _timestamps.Length)
        {
            _starts = new long[_timestamps.Length];
        }

        bool plain = !_hasHistograms && !_hasStarts;
        int position = 0;
        while (position < _rows)
        {
            uint seriesRef = RefOf(_order[position]);
            int end = _offsets[seriesRef];
            if (!plain || !TryAddPlain(seriesRef, position, end, minTime))
            {
                AddRun(seriesRef, position, end, minTime, writer);
            }

            position = end;
            if (_count >= BatchRows)
            {
                Drain(writer);
            }
        }

        Drain(writer);
        Trim();
    }

    /// <summary>Lists the chunks of all memtables. A row is named by chunk number times chunk size plus index, wherever it lies.</summary>
    private void Gather(ReadOnlySpan<Memtable> memtables)
    {
        _chunks.Clear();
        _count = 0; // rows of a call that failed while writing must not come up again
        _rows = 0;
        _maxRef = 0;
        _hasHistograms = false;
        _hasStarts = false;
        foreach (Memtable memtable in memtables)
        {
            int left = memtable.Count;
            _rows = checked(_rows + left);
            _maxRef = Math.Max(_maxRef, memtable.MaxRef);
            _hasHistograms |= memtable.HistogramCount > 0;
            _hasStarts |= memtable.HasStartTimestamps;
            foreach (RowChunk chunk in memtable.Chunks)
            {
                _chunks.Add(new Source(chunk, Math.Min(left, RowChunk.FullSize), memtable));
                left -= RowChunk.FullSize;
            }
        }
    }

    /// <summary>After it, <c>_order</c> lists rows by (ref, arrival) and <c>_offsets[ref]</c> is the end of the ref's run.</summary>
    private void SortByRef()
    {
        int refs = checked((int)_maxRef + 1);
        if (_offsets.Length < refs)
        {
            _offsets = new int[Math.Max(refs, (int)Math.Min(_offsets.Length * 2L, Array.MaxLength))];
        }

        if (_order.Length < _rows)
        {
            _order = GC.AllocateUninitializedArray<int>(_rows);
        }

        Span<int> offsets = _offsets.AsSpan(0, refs);
        offsets.Clear();
        foreach (Source source in _chunks)
        {
            foreach (uint r in source.Chunk.Refs.AsSpan(0, source.Count))
            {
                offsets[(int)r]++;
            }
        }

        int sum = 0;
        for (int i = 0; i < offsets.Length; i++)
        {
            int count = offsets[i];
            offsets[i] = sum;
            sum += count;
        }

        for (int c = 0; c < _chunks.Count; c++)
        {
            int row = c * RowChunk.FullSize;
            foreach (uint r in _chunks[c].Chunk.Refs.AsSpan(0, _chunks[c].Count))
            {
                _order[offsets[(int)r]++] = row++;
            }
        }
    }

    private uint RefOf(int row) => _chunks[row / RowChunk.FullSize].Chunk.Refs[row & (RowChunk.FullSize - 1)];

    /// <summary>Adds a run of floats that is strictly ascending as it stands; false (and nothing added) when it is not.</summary>
    private bool TryAddPlain(uint seriesRef, int position, int end, long minTime)
    {
        EnsureRoom(end - position);
        ReadOnlySpan<Source> sources = CollectionsMarshal.AsSpan(_chunks);
        int to = _count;
        long last = 0;
        for (int i = position; i < end; i++)
        {
            int row = _order[i];
            RowChunk chunk = sources[row / RowChunk.FullSize].Chunk;
            int index = row & (RowChunk.FullSize - 1);
            long t = chunk.Timestamps[index];
            if ((i > position && t <= last) || t < minTime)
            {
                return false;
            }

            last = t;
            _refs[to] = seriesRef;
            _timestamps[to] = t;
            _bits[to++] = chunk.Bits[index];
        }

        _count = to;
        return true;
    }

    private void AddRun(uint seriesRef, int position, int end, long minTime, PartWriter writer)
    {
        _run.Clear();
        for (int i = position; i < end; i++)
        {
            int row = _order[i];
            (RowChunk chunk, _, Memtable memtable) = _chunks[row / RowChunk.FullSize];
            int index = row & (RowChunk.FullSize - 1);
            long t = chunk.Timestamps[index];
            if (t < minTime)
            {
                continue;
            }

            long start = chunk.Starts?[index] ?? 0;
            if (Memtable.IsHistogram(chunk.Links[index]))
            {
                _run.AddHistogram(t, start, memtable.Payload(chunk.Bits[index]));
            }
            else
            {
                _run.Add(t, chunk.Bits[index], start);
            }
        }

        _run.SortAndDeduplicate(0, 0);
        EnsureRoom(_run.Count);
        _refs.AsSpan(_count, _run.Count).Fill(seriesRef);
        _run.Timestamps.CopyTo(_timestamps.AsSpan(_count));
        _run.ValueBits.CopyTo(_bits.AsSpan(_count));
        if (_hasStarts)
        {
            Span<long> starts = _starts.AsSpan(_count, _run.Count);
            if (_run.StartTimestamps.IsEmpty)
            {
                starts.Clear();
            }
            else
            {
                _run.StartTimestamps.CopyTo(starts);
            }
        }

        _count += _run.Count;
        foreach (HistogramSample histogram in _run.Histograms)
        {
            writer.AddHistogram(seriesRef, histogram.TimestampMs, histogram.StartTimestampMs, _run.Payload(histogram));
        }
    }

    private void EnsureRoom(int rows)
    {
        int needed = _count + rows;
        if (needed <= _timestamps.Length)
        {
            return;
        }

        int size = Math.Max(needed, _timestamps.Length * 2);
        Array.Resize(ref _refs, size);
        Array.Resize(ref _timestamps, size);
        Array.Resize(ref _bits, size);
        if (_starts.Length > 0)
        {
            Array.Resize(ref _starts, size);
        }
    }

    private void Drain(PartWriter writer)
    {
        if (_count > 0)
        {
            writer.AddFloats(
                _refs.AsSpan(0, _count), _timestamps.AsSpan(0, _count), _bits.AsSpan(0, _count), _hasStarts ? _starts.AsSpan(0, _count) : []);
            _count = 0;
        }
    }

    /// <summary>One huge series must not leave its columns behind for ever.</summary>
    private void Trim()
    {
        if (_timestamps.Length > BatchRows * 16)
        {
            _refs = new uint[BatchRows];
            _timestamps = new long[BatchRows];
            _bits = new long[BatchRows];
            _starts = [];
        }
    }

    private readonly record struct Source(RowChunk Chunk, int Count, Memtable Memtable);
}
