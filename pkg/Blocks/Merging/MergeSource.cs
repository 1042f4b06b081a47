using RemoteStore.Blocks.Parts;

namespace RemoteStore.Blocks.Merging;

/// <summary>
/// One input's rows of one kind and tenant, in order. It stands on a segment: the rows of one series in one block; a long series is several segments.
/// Holds one decoded block.
/// </summary>
internal sealed class MergeSource(PartReader part, TenantSection section, BlockKind kind, long floor, RowBlock rows, MergeProgress progress)
{
    /// <summary>Key of a source without rows left; above every ref.</summary>
    public const long Done = long.MaxValue;

    private readonly int _blocks = kind == BlockKind.Floats ? section.FloatBlocks : section.HistogramBlocks;
    private readonly int _first = section.First + (kind == BlockKind.Floats ? 0 : section.FloatBlocks);
    private int _block;
    private int _run;
    private bool _trim; // the block has rows before the floor

    /// <summary>Series of the segment, or <see cref="Done"/>.</summary>
    public long Key { get; private set; } = Done;

    /// <summary>The block that the segment lies in.</summary>
    public RowBlock Rows => rows;

    /// <summary>First row of the segment.</summary>
    public int Start { get; private set; }

    /// <summary>Behind the last row of the segment; always above <see cref="Start"/>.</summary>
    public int End { get; private set; }

    /// <summary>Time of the segment's first row.</summary>
    public long FirstTime => rows.Timestamps[Start];

    /// <summary>Time of the segment's last row.</summary>
    public long LastTime => rows.Timestamps[End - 1];

    /// <summary>True when the series cannot go on behind this segment.</summary>
    public bool IsWholeSeries => _run + 1 < rows.Runs || _block == _blocks || part.Index.Entries[_first + _block].FirstRef != Key;

    /// <summary>Number of rows from the segment's front up to and including the time.</summary>
    public int CountUpTo(long time) =>
        LastTime <= time ? End - Start : BlockCache.LowerBound(rows.Timestamps.AsSpan(Start, End - Start), time + 1);

    /// <summary>Leaves rows of the segment behind and moves to the next segment when none is left; spans taken before are then invalid.</summary>
    public void Skip(int count)
    {
        Start += count;
        if (Start == End)
        {
            Next();
        }
    }

    /// <summary>Moves to the next segment; also to the first.</summary>
    public void Next()
    {
        while (true)
        {
            if (Key == Done || ++_run >= rows.Runs)
            {
                if (!LoadBlock())
                {
                    Key = Done;
                    return;
                }

                _run = 0;
            }

            Key = rows.RunRefs[_run];
            Start = rows.RunStarts[_run];
            End = rows.RunStarts[_run + 1];
            if (_trim)
            {
                int expired = BlockCache.LowerBound(rows.Timestamps.AsSpan(Start, End - Start), floor);
                progress.Expired(expired);
                Start += expired;
            }

            if (Start < End)
            {
                return;
            }
        }
    }

    private bool LoadBlock()
    {
        while (_block < _blocks)
        {
            BlockEntry entry = part.Index.Entries[_first + _block++];
            progress.Read(entry);
            if (entry.MaxTime < floor)
            {
                progress.Expired(entry.Rows);
                continue; // not even read: an expired block cannot stop a merge
            }

            if (progress.PassesOver is { } passesOver && passesOver(entry.MinTime, entry.MaxTime))
            {
                continue;
            }

            part.Load(section.Tenant, kind, entry, rows);
            _trim = entry.MinTime < floor;
            progress.BlockDone();
            return true;
        }

        return false;
    }
}
