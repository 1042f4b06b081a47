using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Selection;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>
/// Of stored series those that are wanted columns, in the order in which the series they belong to are to come. That is nearly the order of the block: only a
/// series whose labels are the beginning of others' labels lies behind these instead of before them.
/// </summary>
internal sealed class ColumnSelection(IndexReader index, IndexDirectory directory)
{
    private readonly List<Move> _moves = [];
    private readonly List<int> _starts = []; // by number of leading pairs: the first stored series of the run that shares them with the last one
    private int[] _pairs = new int[16]; // of the last series, without its column
    private int _pairCount = -1;
    private int _first;
    private int _end;

    /// <summary>Chooses.</summary>
    /// <param name="found">Stored series that match, columns of all kinds.</param>
    /// <param name="columns">Columns that are wanted.</param>
    /// <param name="sorted">True to bring series into label order; false for that of the block.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <returns>To be read one after another; each is in the block's order.</returns>
    public async ValueTask<IReadOnlyList<SeriesRuns>> SelectAsync(SeriesRuns found, WindowColumns columns, bool sorted, CancellationToken cancellationToken)
    {
        int name = directory.FindName(WindowFormat.LabelUtf8);
        if (name < 0 || found.Count == 0)
        {
            return [];
        }

        bool[] wanted = await FindPairsAsync(name, columns, cancellationToken).ConfigureAwait(false);
        int firstPair = directory.FirstPair(name);
        var chosen = new SeriesRuns.Builder(found.RunCount);
        for (int run = 0; run < found.RunCount; run++)
        {
            for (int series = found.Start(run); series < found.End(run);)
            {
                cancellationToken.ThrowIfCancellationRequested();
                SeriesFrame frame = await index.GetSeriesAsync(directory, series / BlockFormat.SeriesPerFrame, cancellationToken).ConfigureAwait(false);
                int end = Math.Min(found.End(run), LabelReader.FrameEnd(series));
                for (; series < end; series++)
                {
                    ReadOnlySpan<int> pairs = frame.Pairs(series);
                    uint column = (uint)(pairs[^1] - firstPair);
                    if (column < (uint)wanted.Length && wanted[column])
                    {
                        chosen.Add(series, series + 1);
                        if (sorted)
                        {
                            Follow(pairs[..^1], series);
                        }
                    }
                }
            }
        }

        EndSeries();
        SeriesRuns all = chosen.Build();
        return _moves.Count == 0 ? [all] : Order(all);
    }

    private async ValueTask<bool[]> FindPairsAsync(int name, WindowColumns columns, CancellationToken cancellationToken)
    {
        var lookup = new PairLookup(index, directory);
        bool[] wanted = new bool[directory.EndPair(name) - directory.FirstPair(name)];
        for (int column = 0; column < WindowFormat.Columns.Length; column++)
        {
            if ((columns & WindowFormat.Columns[column]) != 0)
            {
                int pair = await lookup.FindAsync(name, WindowFormat.NameUtf8(column), cancellationToken).ConfigureAwait(false);
                if (pair >= 0)
                {
                    wanted[pair - directory.FirstPair(name)] = true;
                }
            }
        }

        return wanted;
    }

    /// <summary>Takes the next stored series: a further column of the last series, or the first one of another.</summary>
    private void Follow(ReadOnlySpan<int> pairs, int series)
    {
        ReadOnlySpan<int> previous = _pairs.AsSpan(0, Math.Max(0, _pairCount));
        if (_pairCount >= 0 && pairs.SequenceEqual(previous))
        {
            _end = series + 1;
            return;
        }

        EndSeries();
        int common = previous.CommonPrefixLength(pairs);
        if (_starts.Count > common)
        {
            _starts.RemoveRange(common, _starts.Count - common);
        }

        while (_starts.Count < pairs.Length)
        {
            _starts.Add(series);
        }

        if (_pairs.Length < pairs.Length)
        {
            _pairs = new int[pairs.Length * 2];
        }

        pairs.CopyTo(_pairs);
        _pairCount = pairs.Length;
        _first = series;
        _end = series + 1;
    }

    private void EndSeries()
    {
        // The run that shares all of its pairs began before it: those series have further labels, and come behind it.
        if (_pairCount > 0 && _starts[_pairCount - 1] < _first)
        {
            _moves.Add(new Move(_starts[_pairCount - 1], _first, _end));
        }
    }

    /// <summary>Cuts the series into stretches, so that those that have to come earlier do.</summary>
    private List<SeriesRuns> Order(SeriesRuns all)
    {
        var moved = new SeriesRuns.Builder(_moves.Count);
        foreach (Move move in _moves)
        {
            moved.Add(move.First, move.End);
        }

        SeriesRuns left = all.Subtract(moved.Build());
        var stretches = new List<SeriesRuns>();
        int from = 0;

        // Of several that go to the same place the one found last has the fewest labels and comes first.
        foreach (IGrouping<int, Move> place in _moves.GroupBy(static move => move.Before).OrderBy(static place => place.Key))
        {
            AddStretch(stretches, left, from, place.Key);
            from = place.Key;
            foreach (Move move in place.Reverse())
            {
                AddStretch(stretches, all, move.First, move.End);
            }
        }

        AddStretch(stretches, left, from, int.MaxValue);
        return stretches;
    }

    private static void AddStretch(List<SeriesRuns> stretches, SeriesRuns from, int first, int end)
    {
        if (first >= end)
        {
            return;
        }

        var range = new SeriesRuns.Builder(1);
        range.Add(first, end);
        SeriesRuns stretch = from.Intersect(range.Build());
        if (stretch.Count > 0)
        {
            stretches.Add(stretch);
        }
    }

    /// <summary>Stored series that have to come earlier.</summary>
    /// <param name="Before">The stored series that they come before.</param>
    /// <param name="First">The first of them.</param>
    /// <param name="End">One past the last.</param>
    private readonly record struct Move(int Before, int First, int End);
}
