namespace RemoteStore.Blocks.Format.Writing;

/// <summary>
/// Where a series is cut into chunks: at fixed slots of the block's range, so that series of one target, whatever scrapes each of them misses, have the
/// same boundaries and share timestamp columns.
/// </summary>
internal ref struct SlotCutter
{
    private const int LeastOfSlot = 8; // mean of a column of windows: with fewer, chunks cost more than times that are not shared

    private readonly BlockRange _range;
    private readonly ReadOnlySpan<long> _timestamps;
    private readonly int _maxChunk;
    private int _slotEnd;
    private int _piece;

    /// <summary>Prepares to cut.</summary>
    /// <param name="range">Range of the block.</param>
    /// <param name="resolutionMs">Milliseconds that a sample of the block stands for; 0 = as received.</param>
    /// <param name="timestamps">Times of the series, ascending, all in the range.</param>
    /// <param name="slotSamples">Samples that a slot may have at the series' mean interval.</param>
    /// <param name="maxChunk">Most samples of a chunk.</param>
    public SlotCutter(BlockRange range, long resolutionMs, ReadOnlySpan<long> timestamps, int slotSamples, int maxChunk)
    {
        _range = range;
        _timestamps = timestamps;
        _maxChunk = maxChunk;
        Exponent = ExponentOf(range, resolutionMs, timestamps, slotSamples);
    }

    /// <summary>Slots are a 2^exponent-th of the range.</summary>
    public int Exponent { get; }

    /// <summary>Slot of the current chunk.</summary>
    public ulong Slot { get; private set; }

    /// <summary>First sample of the current chunk.</summary>
    public int Start { get; private set; }

    /// <summary>One past its last sample.</summary>
    public int End { get; private set; }

    /// <summary>Moves to the next chunk; false at the end.</summary>
    public bool MoveNext()
    {
        Start = End;
        if (Start == _timestamps.Length)
        {
            return false;
        }

        if (Start == _slotEnd)
        {
            Slot = BlockFormat.SlotOf(_range.Length, Exponent, unchecked((ulong)(_timestamps[Start] - _range.Start)));
            ulong limit = BlockFormat.SlotStart(_range.Length, Exponent, Slot + 1);
            _slotEnd = Start + CountBelow(_timestamps[Start..], limit);
            int pieces = (_slotEnd - Start + _maxChunk - 1) / _maxChunk;
            _piece = (_slotEnd - Start + pieces - 1) / pieces;
        }

        End = Math.Min(Start + _piece, _slotEnd);
        return true;
    }

    /// <remarks>
    /// Columns of windows leave out what others imply, each something else. Cut by their own intervals they would have different slots, and share no times; so the
    /// resolution decides, but for columns that have next to nothing in a slot.
    /// </remarks>
    private static int ExponentOf(BlockRange range, long resolutionMs, ReadOnlySpan<long> timestamps, int slotSamples)
    {
        if (resolutionMs > 0)
        {
            int exponent = ExponentOf((UInt128)range.Length / (ulong)resolutionMs, slotSamples);
            if ((UInt128)timestamps.Length >> exponent >= LeastOfSlot)
            {
                return exponent;
            }
        }

        return timestamps.Length <= slotSamples
            ? 0 // one chunk, whatever the interval
            : ExponentOf((UInt128)range.Length * (uint)(timestamps.Length - 1) / unchecked((ulong)(timestamps[^1] - timestamps[0])), slotSamples);
    }

    private static int ExponentOf(UInt128 samplesOfRange, int slotSamples)
    {
        int exponent = 0;
        while (samplesOfRange >> exponent > (uint)slotSamples && exponent < BlockFormat.MaxSlotExponent)
        {
            exponent++;
        }

        return exponent;
    }

    private readonly int CountBelow(ReadOnlySpan<long> timestamps, ulong offset)
    {
        int low = 0;
        int high = timestamps.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = unchecked((ulong)(timestamps[middle] - _range.Start)) < offset ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
