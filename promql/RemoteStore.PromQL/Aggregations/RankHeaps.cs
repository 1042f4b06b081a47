using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Aggregations;

/// <summary>
/// The k best series of a group at each step: binary heaps side by side, each with the worst at its root. Ties are broken as the reference engine's heap breaks
/// them, so that the same series stay. They grow with what they hold, not with k.
/// </summary>
internal sealed class RankHeaps(QueryMemory memory, int steps, bool top) : IDisposable
{
    private const int FirstCapacity = 4;

    private double[] _values = [];
    private int[] _series = [];
    private int[] _counts = [];
    private int _capacity;

    /// <summary>Number of series at a step.</summary>
    public int Count(int step) => _capacity == 0 ? 0 : _counts[step];

    /// <summary>Values at a step, in the order of the heap.</summary>
    public Span<double> Values(int step) => _values.AsSpan(step * _capacity, Count(step));

    /// <summary>Series at a step, same order.</summary>
    public Span<int> Series(int step) => _series.AsSpan(step * _capacity, Count(step));

    /// <summary>True when a value is among the <paramref name="k"/> best so far.</summary>
    public bool Admits(int step, double value, int k)
    {
        if (_capacity == 0 || _counts[step] < k)
        {
            return true;
        }

        double worst = _values[step * _capacity];
        return (top ? worst < value : worst > value) || (double.IsNaN(worst) && !double.IsNaN(value));
    }

    /// <summary>Takes in a value that is admitted.</summary>
    /// <returns>The series that left for it, negative when there was room.</returns>
    public int Push(int step, double value, int series, int k)
    {
        if (_capacity == 0 || (_counts[step] == _capacity && _capacity < k))
        {
            Grow(k);
        }

        int first = step * _capacity;
        int count = _counts[step];
        if (count < k)
        {
            _values[first + count] = value;
            _series[first + count] = series;
            _counts[step]++;
            Up(Values(step), Series(step), count);
            return -1;
        }

        int left = _series[first];
        _values[first] = value;
        _series[first] = series;
        Down(Values(step), Series(step));
        return left;
    }

    /// <summary>True when <paramref name="a"/> ranks below <paramref name="b"/>.</summary>
    public bool Less(double a, double b) => double.IsNaN(a) || (top ? a < b : a > b);

    /// <inheritdoc/>
    public void Dispose()
    {
        memory.Return(_values);
        memory.Return(_series);
        memory.Return(_counts);
        _values = [];
        _series = [];
        _counts = [];
        _capacity = 0;
    }

    private void Grow(int k)
    {
        if (_counts.Length == 0)
        {
            _counts = memory.RentInts(steps);
            _counts.AsSpan().Clear();
        }

        int capacity = (int)Math.Min(k, Math.Max(FirstCapacity, _capacity * 2L));
        int length = memory.CheckedLength((long)capacity * steps);
        double[] values = memory.RentDoubles(length);
        int[] series;
        try
        {
            series = memory.RentInts(length);
        }
        catch
        {
            memory.Return(values);
            throw;
        }

        for (int step = 0; step < steps && _capacity > 0; step++)
        {
            Values(step).CopyTo(values.AsSpan(step * capacity));
            Series(step).CopyTo(series.AsSpan(step * capacity));
        }

        memory.Return(_values);
        memory.Return(_series);
        (_values, _series, _capacity) = (values, series, capacity);
    }

    private static void Swap(Span<double> values, Span<int> series, int a, int b)
    {
        (values[a], values[b]) = (values[b], values[a]);
        (series[a], series[b]) = (series[b], series[a]);
    }

    private void Up(Span<double> values, Span<int> series, int at)
    {
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (!Less(values[at], values[parent]))
            {
                break;
            }

            Swap(values, series, at, parent);
            at = parent;
        }
    }

    private void Down(Span<double> values, Span<int> series)
    {
        int at = 0;
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= values.Length)
            {
                return;
            }

            if (child + 1 < values.Length && Less(values[child + 1], values[child]))
            {
                child++;
            }

            if (!Less(values[child], values[at]))
            {
                return;
            }

            Swap(values, series, at, child);
            at = child;
        }
    }
}
