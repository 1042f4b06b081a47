namespace RemoteStore.PromQL.Execution;

/// <summary>Bitmaps of one length, cleared when added, named by the order in which they were added.</summary>
/// <param name="memory">Where they are rented.</param>
/// <param name="words">Length of each in 64-bit words.</param>
internal sealed class PresenceRows(QueryMemory memory, int words) : IDisposable
{
    private const int SlabWords = 1 << 10;

    private readonly int _rowsPerSlab = Math.Max(1, SlabWords / Math.Max(1, words));
    private readonly List<ulong[]> _slabs = [];

    /// <summary>Number of bitmaps.</summary>
    public int Count { get; private set; }

    /// <summary>A bitmap.</summary>
    public Span<ulong> this[int row] => _slabs[row / _rowsPerSlab].AsSpan(row % _rowsPerSlab * words, words);

    /// <summary>Adds a bitmap without marks.</summary>
    public int Add()
    {
        if (Count % _rowsPerSlab == 0)
        {
            _slabs.Add(memory.RentWords(_rowsPerSlab * words));
        }

        return Count++;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ulong[] slab in _slabs)
        {
            memory.Return(slab);
        }

        _slabs.Clear();
        Count = 0;
    }
}
