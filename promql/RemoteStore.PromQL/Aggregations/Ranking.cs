using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Aggregations;

/// <summary>
/// Turns what heaps hold, series by step, into series over steps. A single step's series come best first, group by group; of several steps in the order in which
/// steps want them. Does not own the labels.
/// </summary>
internal sealed class Ranking(QueryContext query, StepGrid grid, LabelShelf labels) : IDisposable
{
    private const int SmallSort = 12;

    private int[] _numbers = []; // by rank: the labels
    private int[] _begins = []; // by rank: its first value
    private int[] _steps = [];
    private double[] _values = [];
    private int _count;
    private int _next;

    /// <summary>True when there is another series.</summary>
    public bool HasNext => _next < _count;

    /// <summary>Reads what the heaps of all groups hold.</summary>
    public void Read(List<RankHeaps> heaps)
    {
        QueryMemory memory = query.Memory;
        int[] ranks = memory.RentInts(labels.Bound);
        try
        {
            ranks.AsSpan().Fill(-1);
            _numbers = memory.RentInts(labels.Bound);
            _begins = memory.RentInts(memory.CheckedLength(labels.Bound + 1L));
            _begins.AsSpan().Clear();
            int total = Count(heaps, ranks);
            _steps = memory.RentInts(total);
            _values = memory.RentDoubles(total);
            Fill(heaps, ranks);
        }
        finally
        {
            memory.Return(ranks);
        }
    }

    /// <summary>Fills the row with the next series; false when there is none.</summary>
    public bool TryNext(StepSeries row)
    {
        if (_next >= _count)
        {
            return false;
        }

        int rank = _next++;
        row.Begin(labels.Labels(_numbers[rank]), labels.DropName(_numbers[rank]));
        int begin = rank == 0 ? 0 : _begins[rank - 1]; // filling has moved each begin to its end
        for (int i = begin; i < _begins[rank]; i++)
        {
            row.Set(_steps[i], _values[i]);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        query.Memory.Return(_numbers);
        query.Memory.Return(_begins);
        query.Memory.Return(_steps);
        query.Memory.Return(_values);
        _numbers = [];
        _begins = [];
        _steps = [];
        _values = [];
        _count = 0;
    }

    /// <summary>Ranks the series and finds where the values of each begin.</summary>
    /// <returns>How many values there are.</returns>
    private int Count(List<RankHeaps> heaps, int[] ranks)
    {
        long total = 0;
        for (int step = 0; step < grid.Count; step++)
        {
            foreach (RankHeaps heap in heaps)
            {
                query.ThrowIfCancelled();
                if (grid.Count == 1)
                {
                    Sort(heap);
                }

                foreach (int number in heap.Series(step))
                {
                    if (ranks[number] < 0)
                    {
                        ranks[number] = _count;
                        _numbers[_count++] = number;
                    }

                    _begins[ranks[number]]++;
                    total++;
                }
            }
        }

        int begin = 0;
        for (int rank = 0; rank < _count; rank++)
        {
            (_begins[rank], begin) = (begin, begin + _begins[rank]);
        }

        return query.Memory.CheckedLength(total);
    }

    private void Fill(List<RankHeaps> heaps, int[] ranks)
    {
        for (int step = 0; step < grid.Count; step++)
        {
            foreach (RankHeaps heap in heaps)
            {
                ReadOnlySpan<int> series = heap.Series(step);
                ReadOnlySpan<double> values = heap.Values(step);
                for (int i = 0; i < series.Length; i++)
                {
                    int at = _begins[ranks[series[i]]]++;
                    _steps[at] = step;
                    _values[at] = values[i];
                }
            }
        }
    }

    /// <summary>
    /// Orders the series of the only step, best first. Equal ones of a short list keep the order that the insertion sort of the reference leaves them in, longer
    /// ones that of the heap.
    /// </summary>
    private void Sort(RankHeaps heap)
    {
        Span<double> values = heap.Values(0);
        Span<int> series = heap.Series(0);
        if (values.Length <= SmallSort)
        {
            for (int i = 1; i < values.Length; i++)
            {
                for (int j = i; j > 0 && heap.Less(values[j - 1], values[j]); j--)
                {
                    (values[j - 1], values[j]) = (values[j], values[j - 1]);
                    (series[j - 1], series[j]) = (series[j], series[j - 1]);
                }
            }

            return;
        }

        SortLong(heap);
    }

    private void SortLong(RankHeaps heap)
    {
        int count = heap.Count(0);
        QueryMemory memory = query.Memory;
        int[] order = memory.RentInts(count);
        double[] values = [];
        int[] series = [];
        try
        {
            values = memory.RentDoubles(count);
            series = memory.RentInts(count);
            heap.Values(0).CopyTo(values);
            heap.Series(0).CopyTo(series);
            for (int i = 0; i < count; i++)
            {
                order[i] = i;
            }

            double[] ranked = values;
            StableSort.Sort(query, order.AsSpan(0, count), (a, b) =>
            {
                bool below = heap.Less(ranked[a], ranked[b]);
                return below == heap.Less(ranked[b], ranked[a]) ? 0 : below ? 1 : -1;
            });
            for (int i = 0; i < count; i++)
            {
                heap.Values(0)[i] = values[order[i]];
                heap.Series(0)[i] = series[order[i]];
            }
        }
        finally
        {
            memory.Return(order);
            memory.Return(values);
            memory.Return(series);
        }
    }
}
