using RemoteStore.Model;

namespace RemoteStore.Blocks.Parts;

/// <summary>The blocks of one kind and tenant of a part, the last two used ones decoded.</summary>
internal sealed class BlockCache(PartReader part, TenantId tenant, BlockKind kind, int first, int count)
{
    private readonly Slot[] _slots = [new(), new()];
    private int _recent; // slot used last
    private int _hint; // block found last

    /// <summary>Number of blocks.</summary>
    public int Count => count;

    /// <summary>True when the block's range of refs includes the series.</summary>
    public bool Holds(int block, uint seriesRef) => block < count && Entry(block).FirstRef <= seriesRef && Entry(block).LastRef >= seriesRef;

    /// <summary>First block whose refs reach the series; <see cref="Count"/> when none does.</summary>
    public int Seek(uint seriesRef)
    {
        int low = 0;
        int high = _hint;
        if (_hint == 0 || Entry(_hint - 1).LastRef < seriesRef)
        {
            // Forward in growing steps: the usual case is the same or the next block.
            low = _hint;
            int step = 1;
            while (low + step <= count && Entry(low + step - 1).LastRef < seriesRef)
            {
                low += step;
                step *= 2;
            }

            high = Math.Min(low + step, count);
        }

        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = Entry(middle).LastRef < seriesRef ? (middle + 1, high) : (low, middle);
        }

        _hint = low;
        return low;
    }

    public bool MightContain(uint seriesRef, QueryRange range)
    {
        for (int block = Seek(seriesRef); Holds(block, seriesRef); block++)
        {
            if (range.Overlaps(Entry(block).MinTime, Entry(block).MaxTime))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Rows of the series in the block and range; false when there are none.</summary>
    public bool TryLoad(int block, uint seriesRef, QueryRange range, out RowBlock rows, out int start, out int end)
    {
        rows = null!;
        start = end = 0;
        if (!range.Overlaps(Entry(block).MinTime, Entry(block).MaxTime))
        {
            return false;
        }

        Slot slot = Load(block);
        rows = slot.Rows!;
        int run = slot.FindRun(seriesRef);
        if (run < 0)
        {
            return false;
        }

        start = rows.RunStarts[run];
        end = rows.RunStarts[run + 1];
        if (range.MinTime > Entry(block).MinTime)
        {
            start += LowerBound(rows.Timestamps.AsSpan(start, end - start), range.MinTime);
        }

        if (range.MaxTime < Entry(block).MaxTime)
        {
            end = start + LowerBound(rows.Timestamps.AsSpan(start, end - start), range.MaxTime + 1);
        }

        return start < end;
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        foreach (Slot slot in _slots)
        {
            if (slot.Rows is not null)
            {
                part.Pool.Return(slot.Rows);
                slot.Rows = null;
                slot.Block = -1;
            }
        }
    }

    /// <summary>Index of the first timestamp at or after <paramref name="time"/>.</summary>
    internal static int LowerBound(ReadOnlySpan<long> timestamps, long time)
    {
        int low = 0;
        int high = timestamps.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = timestamps[middle] < time ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private ref readonly BlockEntry Entry(int block) => ref part.Index.Entries[first + block];

    private Slot Load(int block)
    {
        if (_slots[_recent].Block == block)
        {
            return _slots[_recent];
        }

        _recent ^= 1;
        Slot slot = _slots[_recent];
        if (slot.Block != block)
        {
            slot.Block = -1; // stays so when loading throws
            slot.Rows ??= part.Pool.RentBlock();
            slot.LastRun = 0;
            part.Load(tenant, kind, Entry(block), slot.Rows);
            slot.Block = block;
        }

        return slot;
    }

    private sealed class Slot
    {
        public int Block = -1;
        public RowBlock? Rows;
        public int LastRun;

        /// <summary>Run of the series, or -1; the next series is usually one of the next runs.</summary>
        public int FindRun(uint seriesRef)
        {
            ReadOnlySpan<uint> refs = Rows!.RunRefs.AsSpan(0, Rows.Runs);
            int near = LastRun;
            for (int i = 0; i < 4 && near < refs.Length; i++, near++)
            {
                if (refs[near] == seriesRef)
                {
                    LastRun = near;
                    return near;
                }
            }

            int run = refs.BinarySearch(seriesRef);
            LastRun = run < 0 ? LastRun : run;
            return run < 0 ? -1 : run;
        }
    }
}
