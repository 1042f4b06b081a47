namespace RemoteStore.Tsdb.Registry;

/// <summary>
/// Handle of the record of each ref, 0 for a ref without one. Refs come in segments, and a segment without records does not exist, so that series that
/// were given up cost a pointer per thousand.
/// </summary>
/// <remarks>One thread adds; others read refs below the <see cref="End"/> they saw, without locks.</remarks>
internal sealed class RecordTable
{
    private const int SegmentShift = 10;
    private const int SegmentSize = 1 << SegmentShift;

    private uint[]?[] _segments = new uint[4][];
    private int _filled;
    private uint _end;

    /// <summary>All refs are below. Records below a value read here are complete.</summary>
    public uint End => Volatile.Read(ref _end);

    /// <summary>Memory in bytes.</summary>
    public long AllocatedBytes => (Volatile.Read(ref _filled) * (long)SegmentSize * sizeof(uint)) + ((long)_segments.Length * nint.Size);

    /// <summary>The record of a ref below <see cref="End"/>, 0 when it has none.</summary>
    public uint this[uint seriesRef]
    {
        get
        {
            uint[]?[] segments = Volatile.Read(ref _segments);
            uint segment = seriesRef >> SegmentShift;
            return segment < (uint)segments.Length && segments[segment] is { } records ? records[seriesRef & (SegmentSize - 1)] : 0;
        }
    }

    /// <summary>Gives the ref <see cref="End"/> to a record, and publishes it.</summary>
    public void Append(uint handle)
    {
        int segment = (int)(_end >> SegmentShift);
        if (segment >= _segments.Length)
        {
            var larger = new uint[Math.Max(_segments.Length * 2, segment + 1)][];
            _segments.CopyTo(larger, 0);
            Volatile.Write(ref _segments, larger!);
        }

        uint[]? records = _segments[segment];
        if (records is null)
        {
            records = new uint[SegmentSize];
            Volatile.Write(ref _segments[segment], records);
            Volatile.Write(ref _filled, _filled + 1);
        }

        records[_end & (SegmentSize - 1)] = handle;
        Volatile.Write(ref _end, _end + 1);
    }

    /// <summary>Leaves refs up to <paramref name="end"/> without records.</summary>
    public void SkipTo(uint end) => Volatile.Write(ref _end, Math.Max(_end, end));

    /// <summary>Moves to the next ref that has a record.</summary>
    /// <param name="seriesRef">Where to look from; the ref found.</param>
    /// <param name="end">Looks below only; at most <see cref="End"/>.</param>
    /// <returns>False when there is none.</returns>
    public bool TryNext(ref uint seriesRef, uint end)
    {
        uint[]?[] segments = Volatile.Read(ref _segments);
        for (ulong r = seriesRef; r < end;)
        {
            ulong segment = r >> SegmentShift;
            if (segment >= (ulong)segments.Length)
            {
                return false;
            }

            if (segments[segment] is { } records)
            {
                ulong stop = Math.Min(end, (segment + 1) << SegmentShift);
                for (; r < stop; r++)
                {
                    if (records[r & (SegmentSize - 1)] != 0)
                    {
                        seriesRef = (uint)r;
                        return true;
                    }
                }
            }
            else
            {
                r = (segment + 1) << SegmentShift;
            }
        }

        return false;
    }
}
