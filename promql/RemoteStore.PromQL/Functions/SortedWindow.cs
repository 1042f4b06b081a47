namespace RemoteStore.PromQL.Functions;

/// <summary>The values of a window in order, NaN first, while it moves over a column: only what enters and leaves is looked for.</summary>
internal sealed class SortedWindow
{
    private double[] _column = [];
    private double[] _sorted = [];
    private int _first;
    private int _end;

    /// <summary>Takes up a column, which is copied.</summary>
    public void Begin(ReadOnlySpan<double> column)
    {
        if (_column.Length < column.Length)
        {
            _column = GC.AllocateUninitializedArray<double>(column.Length);
            _sorted = GC.AllocateUninitializedArray<double>(column.Length);
        }

        column.CopyTo(_column);
        _first = 0;
        _end = 0;
    }

    /// <summary>Moves the window to the values from <paramref name="first"/> to before <paramref name="end"/>, neither of which goes back.</summary>
    /// <returns>Its values in order, valid until the next call.</returns>
    public ReadOnlySpan<double> MoveTo(int first, int end)
    {
        int kept = _end - first;
        if (kept <= 0 || (end - _end) + (first - _first) > kept / 2)
        {
            _column.AsSpan(first, end - first).CopyTo(_sorted);
            _sorted.AsSpan(0, end - first).Sort();
            (_first, _end) = (first, end);
        }

        while (_end < end)
        {
            Insert(_column[_end], _end - _first);
            _end++;
        }

        while (_first < first)
        {
            Remove(_column[_first], _end - _first);
            _first++;
        }

        return _sorted.AsSpan(0, end - first);
    }

    private void Insert(double value, int count)
    {
        int at = LowerBound(value, count);
        _sorted.AsSpan(at, count - at).CopyTo(_sorted.AsSpan(at + 1));
        _sorted[at] = value;
    }

    private void Remove(double value, int count)
    {
        int at = LowerBound(value, count);
        long bits = BitConverter.DoubleToInt64Bits(value);
        while (at + 1 < count && BitConverter.DoubleToInt64Bits(_sorted[at]) != bits)
        {
            at++; // zeros of both signs, and NaNs, count as equal
        }

        _sorted.AsSpan(at + 1, count - at - 1).CopyTo(_sorted.AsSpan(at));
    }

    private int LowerBound(double value, int count)
    {
        int low = 0;
        int high = count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = _sorted[middle].CompareTo(value) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
