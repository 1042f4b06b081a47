using System.Runtime.InteropServices;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Blocks.Windows;

/// <summary>
/// Folds the float samples of one series, or finer windows of them, into windows. What it takes comes in order of time. Sum, extremes and resets are those of
/// PromQL's functions: the same operations in the same order.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
internal sealed class FloatWindowFold(long resolutionMs)
{
    private SampleBuffer _destination = new();
    private long _endMs;
    private bool _open;
    private bool _ended; // the series had a stale marker last
    private long _firstMs;
    private long _lastMs;
    private long _lastStartMs;
    private long _staleMs;
    private long _count;
    private double _first;
    private double _last;
    private double _min;
    private double _max;
    private RunningSum _sum;
    private RunningSum _resets;

    /// <summary>Begins a series; its windows are appended to <paramref name="destination"/>.</summary>
    public void Begin(SampleBuffer destination)
    {
        _destination = destination;
        _open = false;
        _ended = false;
    }

    /// <summary>Ends the series.</summary>
    public void End()
    {
        if (_open && (_count > 0 || _staleMs != 0))
        {
            _destination.AddWindow(new WindowAggregate
            {
                EndMs = _endMs,
                ResolutionMs = resolutionMs,
                FirstMs = _firstMs,
                LastMs = _lastMs,
                Count = _count,
                Sum = _sum.Value,
                Min = _min,
                Max = _max,
                First = _first,
                Last = _last,
                Resets = _resets.Value,
                StaleMs = _staleMs,
            });
        }

        _open = false;
    }

    /// <summary>Adds samples.</summary>
    /// <param name="timestamps">Milliseconds, ascending.</param>
    /// <param name="valueBits">As many.</param>
    /// <param name="starts">As many start timestamps, or none.</param>
    public void AddSamples(ReadOnlySpan<long> timestamps, ReadOnlySpan<long> valueBits, ReadOnlySpan<long> starts)
    {
        valueBits = valueBits[..timestamps.Length];
        bool plain = starts.IsEmpty && !valueBits.Contains(SampleBits.StaleMarker);
        for (int i = 0; i < timestamps.Length;)
        {
            MoveTo(timestamps[i]);
            int end = i + 1;
            while (plain && end < timestamps.Length && timestamps[end] <= _endMs)
            {
                end++;
            }

            if (plain)
            {
                AddPlain(timestamps[i..end], MemoryMarshal.Cast<long, double>(valueBits[i..end]));
            }
            else if (valueBits[i] == SampleBits.StaleMarker)
            {
                AddStale(timestamps[i]);
            }
            else
            {
                AddSample(timestamps[i], BitConverter.Int64BitsToDouble(valueBits[i]), starts.IsEmpty ? 0 : starts[i]);
            }

            i = end;
        }
    }

    /// <summary>Adds a window whose length divides that of the windows made.</summary>
    public void AddWindow(in WindowAggregate window)
    {
        MoveTo(window.EndMs);
        if (window.Count > 0)
        {
            _ended = false;
            _staleMs = 0;
            if (_count == 0)
            {
                _firstMs = window.FirstMs;
                _first = window.First;
                _min = window.Min;
                _max = window.Max;
            }
            else
            {
                if (window.First < _last)
                {
                    _resets.Add(_last);
                }

                _min = window.Min < _min || double.IsNaN(_min) ? window.Min : _min;
                _max = window.Max > _max || double.IsNaN(_max) ? window.Max : _max;
            }

            _resets.Add(window.Resets);
            _sum.Add(window.Sum);
            _count += window.Count;
            _last = window.Last;
            _lastMs = window.LastMs;
            _lastStartMs = 0;
        }

        if (window.StaleMs != 0)
        {
            AddStale(window.StaleMs);
        }
    }

    private void MoveTo(long timestampMs)
    {
        if (_open && timestampMs <= _endMs)
        {
            return;
        }

        long end = _open ? WindowGrid.NextEnd(_endMs, timestampMs, resolutionMs) : WindowGrid.EndOf(timestampMs, resolutionMs);
        End();
        _open = true;
        _endMs = end;
        _count = 0;
        _staleMs = 0;
        _firstMs = 0;
        _lastMs = 0;
        _first = _last = _min = _max = 0;
        _sum = default;
        _resets = default;
    }

    /// <summary>Samples of one window, without stale markers and start timestamps: as <see cref="AddSample"/> for each, with what changes in registers.</summary>
    private void AddPlain(ReadOnlySpan<long> timestamps, ReadOnlySpan<double> values)
    {
        AddSample(timestamps[0], values[0], 0);
        double last = _last;
        double min = _min;
        double max = _max;
        RunningSum sum = _sum;
        foreach (double value in values[1..])
        {
            if (value < last)
            {
                _resets.Add(last);
            }

            min = value < min || double.IsNaN(min) ? value : min;
            max = value > max || double.IsNaN(max) ? value : max;
            sum.Add(value);
            last = value;
        }

        _count += values.Length - 1;
        _lastMs = timestamps[^1];
        _last = last;
        _min = min;
        _max = max;
        _sum = sum;
    }

    private void AddSample(long timestampMs, double value, long startMs)
    {
        _ended = false;
        _staleMs = 0;
        if (_count++ == 0)
        {
            _firstMs = timestampMs;
            _first = _min = _max = value;
        }
        else
        {
            if (value < _last || (startMs != 0 && StartTimestamps.IsReset(_lastStartMs, _lastMs, startMs, timestampMs)))
            {
                _resets.Add(_last);
            }

            _min = value < _min || double.IsNaN(_min) ? value : _min;
            _max = value > _max || double.IsNaN(_max) ? value : _max;
        }

        _sum.Add(value);
        _last = value;
        _lastMs = timestampMs;
        _lastStartMs = startMs;
    }

    /// <summary>Takes note of a stale marker: of several the first one ends the series. Behind another it says nothing new.</summary>
    private void AddStale(long timestampMs)
    {
        _staleMs = _ended ? _staleMs : timestampMs;
        _ended = true;
    }
}
