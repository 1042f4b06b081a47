using RemoteStore.PromQL.Operators;

namespace RemoteStore.PromQL.Execution;

/// <summary>
/// The samples in the window of each step, as indices into a column of timestamps. Neighbouring series often share their timestamps (they come from one target):
/// then nothing is computed anew, and what others derived from the windows still holds.
/// </summary>
internal sealed class StepWindows : IDisposable
{
    private readonly SelectorWindow _window;
    private readonly int[] _first = [];
    private readonly int[] _end = [];
    private readonly ulong[] _present = [];
    private long[] _times = [];
    private int _timesLength = -1;

    public StepWindows(QueryMemory memory, StepGrid grid, SelectorWindow window)
    {
        Memory = memory;
        Grid = grid;
        _window = window;
        try
        {
            _first = memory.RentInts(grid.Count);
            _end = memory.RentInts(grid.Count);
            _present = memory.RentWords(grid.Words);
            _times = memory.RentLongs(16);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Where scratch columns are rented.</summary>
    public QueryMemory Memory { get; }

    /// <summary>The steps.</summary>
    public StepGrid Grid { get; }

    /// <summary>Changes when the windows do.</summary>
    public int Version { get; private set; }

    /// <summary>Samples in all windows together.</summary>
    public long Samples { get; private set; }

    /// <summary>True when no window is empty.</summary>
    public bool AllPresent { get; private set; }

    /// <summary>Index of the first sample of each step's window.</summary>
    public ReadOnlySpan<int> First => _first.AsSpan(0, Grid.Count);

    /// <summary>One past the index of the last sample of each step's window.</summary>
    public ReadOnlySpan<int> End => _end.AsSpan(0, Grid.Count);

    /// <summary>Steps whose window has a sample.</summary>
    public ReadOnlySpan<ulong> Present => _present.AsSpan(0, Grid.Words);

    /// <summary>Left end of a step's range, exclusive.</summary>
    public long StartMs(int step) => EndMs(step) - _window.RangeMs;

    /// <summary>Right end of a step's range, inclusive.</summary>
    public long EndMs(int step) => _window.Reference(Grid, step);

    /// <summary>Finds the windows over a column of timestamps, milliseconds, strictly ascending.</summary>
    public void Find(ReadOnlySpan<long> times)
    {
        if (times.Length == _timesLength && times.SequenceEqual(_times.AsSpan(0, _timesLength)))
        {
            return;
        }

        if (times.Length > _times.Length)
        {
            Memory.Grow(ref _times, 0, times.Length);
        }

        times.CopyTo(_times);
        _timesLength = times.Length;
        Version++;
        Slide(times);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Memory.Return(_first);
        Memory.Return(_end);
        Memory.Return(_present);
        Memory.Return(_times);
    }

    private void Slide(ReadOnlySpan<long> times)
    {
        Span<int> firsts = _first.AsSpan(0, Grid.Count);
        Span<int> ends = _end.AsSpan(0, firsts.Length);
        Span<ulong> present = _present.AsSpan(0, Grid.Words);
        present.Clear();
        int first = 0;
        int end = 0;
        int filled = 0;
        long samples = 0;
        for (int step = 0; step < firsts.Length; step++)
        {
            long reference = _window.Reference(Grid, step);
            long from = reference - _window.RangeMs - _window.ReachBackMs;
            long to = reference + _window.ReachAheadMs;
            while (end < times.Length && times[end] <= to)
            {
                end++;
            }

            while (first < end && times[first] <= from)
            {
                first++;
            }

            firsts[step] = first;
            ends[step] = end;
            if (end > first)
            {
                Presence.Set(present, step);
                samples += end - first;
                filled++;
            }
        }

        Samples = samples;
        AllPresent = filled == firsts.Length;
    }
}
