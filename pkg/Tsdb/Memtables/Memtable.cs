using RemoteStore.Storage.Querying;
using RemoteStore.Tsdb.Registry;
using RemoteStore.Tsdb.Wal;

namespace RemoteStore.Tsdb.Memtables;

/// <summary>
/// Rows of one tenant that are not in a part yet, in arrival order. Rows of a series are linked newest to oldest: the series' state holds the number
/// of its newest row, each row the distance to the one before.
/// </summary>
/// <remarks>
/// One writer, under the tenant's lock; readers need no lock for rows below <see cref="Count"/>. Row numbers count on from memtable to memtable of a
/// tenant, so that a link into an earlier memtable is recognised. Counted references keep the memory until the last reader leaves.
/// </remarks>
internal sealed class Memtable
{
    private const int FirstSize = 256;
    private const uint HistogramFlag = 1u << 31;

    private readonly RowChunkPool _pool;
    private RowChunk[] _chunks = [];
    private int _chunkCount;
    private byte[] _payloads = [];
    private int _payloadLength;
    private int _count;
    private int _references = 1;

    public Memtable(RowChunkPool pool, long firstRow)
    {
        _pool = pool;
        FirstRow = firstRow;
    }

    /// <summary>Number of the first row.</summary>
    public long FirstRow { get; }

    /// <summary>Number of the row that will come next.</summary>
    public long NextRow => FirstRow + _count;

    /// <summary>Published rows.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Histogram rows among them.</summary>
    public int HistogramCount { get; private set; }

    /// <summary>True when a row has a start timestamp.</summary>
    public bool HasStartTimestamps { get; private set; }

    /// <summary>Greatest series ref among the rows.</summary>
    public uint MaxRef { get; private set; }

    /// <summary>Least and greatest timestamp of the rows, milliseconds.</summary>
    public long MinTime { get; private set; } = long.MaxValue;

    /// <summary>See <see cref="MinTime"/>.</summary>
    public long MaxTime { get; private set; } = long.MinValue;

    /// <summary>WAL position of the oldest row, or null when no row came through the log.</summary>
    public WalPosition? FirstPosition { get; private set; }

    /// <summary>Chunks with rows; valid for rows below a <see cref="Count"/> read before.</summary>
    public ReadOnlySpan<RowChunk> Chunks => Volatile.Read(ref _chunks).AsSpan(0, Volatile.Read(ref _chunkCount));

    /// <summary>Notes that rows up to now were logged at this position or later.</summary>
    public void NotePosition(WalPosition position) => FirstPosition ??= position;

    /// <summary>Appends a float row and makes it the newest of its series.</summary>
    public void Add(ref SeriesState series, long timestampMs, long valueBits, long startTimestampMs) =>
        AddRow(ref series, timestampMs, valueBits, startTimestampMs, 0);

    /// <summary>Appends a histogram row, copying the payload.</summary>
    public void AddHistogram(ref SeriesState series, long timestampMs, long startTimestampMs, ReadOnlySpan<byte> payload)
    {
        if (_payloadLength + payload.Length > _payloads.Length)
        {
            byte[] larger = GC.AllocateUninitializedArray<byte>(Math.Max(_payloadLength + payload.Length, Math.Max(4096, _payloads.Length * 2)));
            _payloads.AsSpan(0, _payloadLength).CopyTo(larger);
            Volatile.Write(ref _payloads, larger);
        }

        payload.CopyTo(_payloads.AsSpan(_payloadLength));
        long where = ((long)_payloadLength << 32) | (uint)payload.Length;
        _payloadLength += payload.Length;
        HistogramCount++;
        AddRow(ref series, timestampMs, where, startTimestampMs, HistogramFlag);
    }

    /// <summary>Payload of a histogram row.</summary>
    public ReadOnlySpan<byte> Payload(long where) => Volatile.Read(ref _payloads).AsSpan((int)(where >> 32), (int)where);

    /// <summary>True when the row's link word marks a histogram.</summary>
    public static bool IsHistogram(uint link) => (link & HistogramFlag) != 0;

    /// <summary>Looks among the newest rows of a series for one at <paramref name="timestampMs"/>.</summary>
    /// <param name="headRow">Number of the series' newest row.</param>
    /// <param name="timestampMs">Time to look for.</param>
    /// <param name="maxSteps">Most rows to look at.</param>
    /// <param name="row">Its number when true is returned.</param>
    public bool TryFindRow(long headRow, long timestampMs, int maxSteps, out long row)
    {
        row = headRow;
        for (int step = 0; step < maxSteps && row >= FirstRow; step++)
        {
            RowChunk chunk = Locate(row, out int index);
            if (chunk.Timestamps[index] == timestampMs)
            {
                return true;
            }

            uint distance = chunk.Links[index] & ~HistogramFlag;
            if (distance == 0)
            {
                return false;
            }

            row -= distance;
        }

        return false;
    }

    /// <summary>Ref of the series of a row.</summary>
    public uint RefAt(long row) => Locate(row, out int index).Refs[index];

    /// <summary>Link word and bits of a row.</summary>
    public (bool IsHistogram, long Bits) RowValue(long row)
    {
        RowChunk chunk = Locate(row, out int index);
        return (IsHistogram(chunk.Links[index]), chunk.Bits[index]);
    }

    /// <summary>Appends the rows of one series within [<paramref name="minTime"/>, <paramref name="maxTime"/>], newest first, to the buffer.</summary>
    /// <returns>Number of the row before the oldest one here: where an earlier memtable goes on; -1 when there is none.</returns>
    public long ReadSeries(long row, long minTime, long maxTime, SampleBuffer destination)
    {
        while (row >= FirstRow)
        {
            RowChunk chunk = Locate(row, out int index);
            long t = chunk.Timestamps[index];
            uint link = chunk.Links[index];
            if (t >= minTime && t <= maxTime)
            {
                long start = chunk.Starts?[index] ?? 0;
                if (IsHistogram(link))
                {
                    destination.AddHistogram(t, start, Payload(chunk.Bits[index]));
                }
                else
                {
                    destination.Add(t, chunk.Bits[index], start);
                }
            }

            uint distance = link & ~HistogramFlag;
            if (distance == 0)
            {
                return -1;
            }

            row -= distance;
        }

        return row;
    }

    /// <summary>Keeps the rows readable until <see cref="Release"/>.</summary>
    public void Retain() => Interlocked.Increment(ref _references);

    /// <summary>Gives up one reference; the last one returns the memory.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
        {
            return;
        }

        foreach (RowChunk chunk in _chunks.AsSpan(0, _chunkCount))
        {
            _pool.Return(chunk);
        }

        _chunks = [];
        _chunkCount = 0;
    }

    private RowChunk Locate(long row, out int index)
    {
        int offset = (int)(row - FirstRow);
        index = offset & (RowChunk.FullSize - 1);
        return Volatile.Read(ref _chunks)[offset / RowChunk.FullSize];
    }

    private void AddRow(ref SeriesState series, long timestampMs, long bits, long startTimestampMs, uint flag)
    {
        int row = _count;
        int index = row & (RowChunk.FullSize - 1);
        int chunkIndex = row / RowChunk.FullSize;
        if (chunkIndex >= _chunkCount || index >= _chunks[chunkIndex].Size)
        {
            MakeRoom(chunkIndex, index);
        }

        RowChunk chunk = _chunks[chunkIndex];
        long number = FirstRow + row;
        long distance = number - series.HeadRow;
        chunk.Refs[index] = series.Ref.Value;
        chunk.Timestamps[index] = timestampMs;
        chunk.Bits[index] = bits;
        // A chain that leaves this memtable by more than the memtables alive can span has nothing readable behind it.
        chunk.Links[index] = (series.HeadRow < 0 || distance >= HistogramFlag ? 0 : (uint)distance) | flag;
        if (startTimestampMs != 0 || chunk.Starts is not null)
        {
            chunk.Starts ??= new long[chunk.Size];
            chunk.Starts[index] = startTimestampMs;
            HasStartTimestamps = true;
        }

        MaxRef = Math.Max(MaxRef, series.Ref.Value);
        MinTime = Math.Min(MinTime, timestampMs);
        MaxTime = Math.Max(MaxTime, timestampMs);
        Volatile.Write(ref _count, row + 1);
        Volatile.Write(ref series.HeadRow, number);
    }

    private void MakeRoom(int chunkIndex, int index)
    {
        if (chunkIndex == _chunkCount)
        {
            if (chunkIndex == _chunks.Length)
            {
                var larger = new RowChunk[Math.Max(4, chunkIndex * 2)];
                _chunks.AsSpan().CopyTo(larger);
                Volatile.Write(ref _chunks, larger);
            }

            _chunks[chunkIndex] = chunkIndex == 0 ? new RowChunk(FirstSize) : _pool.Rent();
            Volatile.Write(ref _chunkCount, chunkIndex + 1);
        }
        else
        {
            RowChunk small = _chunks[chunkIndex];
            int size = small.Size * 4 > RowChunk.FullSize ? RowChunk.FullSize : small.Size * 4;
            _chunks[chunkIndex] = small.Grow(size, index);
        }
    }
}
