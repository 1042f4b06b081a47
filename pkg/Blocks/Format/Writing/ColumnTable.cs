using System.IO.Hashing;
using System.Runtime.InteropServices;
using RemoteStore.Chunks;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Blocks.Format.Writing;

/// <summary>
/// The timestamp columns of a block while it is written. Chunks with equal times share a column; one that misses some scrapes refers to a column of its
/// target and says which. Times of all columns are in the spool, those used last also in memory: a hit is always compared.
/// </summary>
internal sealed class ColumnTable(Spool spool)
{
    private const int SpareColumns = 256; // a small block may well have a column per chunk
    private const int LeastMaxColumns = 1 << 18; // some 25 MiB
    private const int MaxKeptTimes = 1 << 20; // 8 MiB

    private readonly List<Column> _columns = [];
    private readonly Dictionary<ulong, int> _byContent = [];
    private readonly Dictionary<ulong, int> _byTarget = [];
    private readonly Dictionary<int, long[]> _kept = [];
    private readonly Queue<int> _keptOrder = new();
    private readonly PresenceSet _presence = new();
    private long _chunks;
    private int _unshared;
    private int _keptTimes;
    private int _numbered;

    /// <summary>Columns so far.</summary>
    public int Count => _columns.Count;

    /// <summary>Columns that have a final number.</summary>
    public int NumberedCount => _numbered;

    /// <summary>Finds or makes the column of a chunk's times.</summary>
    /// <param name="timestamps">Times of the chunk, ascending.</param>
    /// <param name="target">Hash of what identifies the scrape target and of the slot.</param>
    /// <param name="slot">Hash of the slot alone.</param>
    /// <param name="series">Series seen so far; bounds the number of columns, beside the chunks seen so far: a quarter of them may have a column to themselves.</param>
    /// <param name="header">Gets which times of the column the chunk has, if not all.</param>
    /// <param name="column">The column; -1 when the chunk has to carry its times itself.</param>
    public ChunkTimes Use(ReadOnlySpan<long> timestamps, ulong target, ulong slot, int series, ByteBuffer header, out int column)
    {
        _chunks++;
        ulong content = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(timestamps));
        if (_byContent.TryGetValue(content, out column) && Times(column).AsSpan().SequenceEqual(timestamps))
        {
            return Found(column, target, slot, ChunkTimes.WholeColumn);
        }

        if ((_byTarget.TryGetValue(target, out column) || _byTarget.TryGetValue(slot, out column)) && TryPart(column, timestamps, header))
        {
            return Found(column, target, slot, ChunkTimes.PartOfColumn);
        }

        if (_unshared >= (_chunks / 4) + SpareColumns || _columns.Count >= Math.Max(LeastMaxColumns, series / 4))
        {
            column = -1;
            return ChunkTimes.Inline;
        }

        column = _columns.Count;
        _columns.Add(new Column(spool.Append(MemoryMarshal.AsBytes(timestamps)), timestamps.Length, 0, -1));
        _byContent[content] = column;
        Keep(column, timestamps.ToArray());
        return Found(column, target, slot, ChunkTimes.WholeColumn);
    }

    /// <summary>Chunks that refer to a column.</summary>
    public int Uses(int column) => _columns[column].Uses;

    /// <summary>The column's number in the block: columns are numbered in the order in which pages first name them.</summary>
    public int Number(int column)
    {
        ref Column entry = ref CollectionsMarshal.AsSpan(_columns)[column];
        if (entry.Number < 0)
        {
            entry.Number = _numbered++;
        }

        return entry.Number;
    }

    /// <summary>Columns that have a number, in its order.</summary>
    public int[] InOrder()
    {
        int[] order = new int[_numbered];
        for (int i = 0; i < _columns.Count; i++)
        {
            if (_columns[i].Number >= 0)
            {
                order[_columns[i].Number] = i;
            }
        }

        return order;
    }

    /// <summary>Times of a column.</summary>
    public long[] Times(int column)
    {
        if (!_kept.TryGetValue(column, out long[]? times))
        {
            times = new long[_columns[column].Count];
            spool.Read(_columns[column].SpoolOffset, MemoryMarshal.AsBytes(times.AsSpan()));
            Keep(column, times);
        }

        return times;
    }

    private bool TryPart(int column, ReadOnlySpan<long> timestamps, ByteBuffer header)
    {
        if (timestamps.Length >= _columns[column].Count || !_presence.TryMatch(Times(column), timestamps))
        {
            return false;
        }

        PresenceColumn.Encode(_presence, header);
        return true;
    }

    private ChunkTimes Found(int column, ulong target, ulong slot, ChunkTimes times)
    {
        int uses = ++CollectionsMarshal.AsSpan(_columns)[column].Uses;
        _unshared += uses == 1 ? 1 : uses == 2 ? -1 : 0;
        _byTarget[slot] = column;
        ref int best = ref CollectionsMarshal.GetValueRefOrAddDefault(_byTarget, target, out bool known);
        if (!known || _columns[column].Count >= _columns[best].Count)
        {
            best = column;
        }

        return times;
    }

    private void Keep(int column, long[] times)
    {
        _kept[column] = times;
        _keptOrder.Enqueue(column);
        _keptTimes += times.Length;
        while (_keptTimes > MaxKeptTimes && _keptOrder.Count > 1)
        {
            int oldest = _keptOrder.Dequeue();
            if (_kept.Remove(oldest, out long[]? gone))
            {
                _keptTimes -= gone.Length;
            }
        }
    }

    private record struct Column(long SpoolOffset, int Count, int Uses, int Number);
}
