namespace RemoteStore.Chunks.Histograms;

/// <summary>The payloads of a chunk that have one layout.</summary>
internal sealed class HistogramGroup
{
    private long[] _cells = [];

    public HistogramLayout Layout { get; } = new();

    /// <summary>Payloads in it.</summary>
    public int Count { get; set; }

    /// <summary>Payloads that were read back out of it.</summary>
    public int Taken { get; set; }

    /// <summary>Where in the packed bytes the next payload of an opaque group begins.</summary>
    public int PackedOffset { get; set; }

    /// <summary>Cells; row by row while encoding, column by column when decoded. At least as many as <see cref="EnsureCells"/> asked for.</summary>
    public Span<long> Cells => _cells;

    public void EnsureCells(int count)
    {
        if (_cells.Length < count)
        {
            Array.Resize(ref _cells, Math.Max(count, Math.Min(2 * _cells.Length, ChunkLimits.MaxHistogramCells)));
        }
    }

    /// <summary>Forgets the payloads. Only the first few groups keep large arrays: a run rarely has more layouts, and memory must not add up over all that ever came.</summary>
    /// <param name="index">Place of the group in its chunk.</param>
    public void Clear(int index)
    {
        Count = 0;
        Taken = 0;
        if (index > 3 && _cells.Length > 4096)
        {
            _cells = [];
        }
    }
}
