namespace RemoteStore.Blocks.Windows;

/// <summary>A column of floats, gone through beside that of the last values.</summary>
internal ref struct FloatColumnCursor(ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values)
{
    private readonly ReadOnlySpan<long> _timestamps = timestamps;
    private readonly ReadOnlySpan<double> _values = values;
    private int _next;

    /// <summary>The value at a time, if there is one. Times are asked for in ascending order.</summary>
    public bool TryTake(long timestampMs, out double value)
    {
        if (_next < _timestamps.Length && _timestamps[_next] == timestampMs)
        {
            value = _values[_next++];
            return true;
        }

        value = 0;
        return _next < _timestamps.Length && _timestamps[_next] < timestampMs && TrySeek(timestampMs, out value);
    }

    /// <summary>The last value not taken yet that lies before a time, if there is one.</summary>
    public bool TryTakeBefore(long timestampMs, out long atMs, out double value)
    {
        bool any = false;
        atMs = 0;
        value = 0;
        for (; _next < _timestamps.Length && _timestamps[_next] < timestampMs; _next++)
        {
            atMs = _timestamps[_next];
            value = _values[_next];
            any = true;
        }

        return any;
    }

    /// <summary>As <see cref="TryTake"/>, which is inlined without the loop.</summary>
    private bool TrySeek(long timestampMs, out double value)
    {
        while (_next < _timestamps.Length && _timestamps[_next] < timestampMs)
        {
            _next++;
        }

        bool found = _next < _timestamps.Length && _timestamps[_next] == timestampMs;
        value = found ? _values[_next++] : 0;
        return found;
    }
}
