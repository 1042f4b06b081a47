using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary>
/// <c>rate</c>, <c>increase</c> and <c>delta</c>: the difference of the last and first sample, corrected for counter resets and extrapolated to the ends of
/// the range where samples come close to them.
/// </summary>
/// <param name="call">The call.</param>
/// <param name="isCounter">True to correct for resets.</param>
/// <param name="isRate">True for a value per second.</param>
internal sealed class RateKernel(RangeCall call, bool isCounter, bool isRate) : RangeKernel(call)
{
    private readonly HistogramRates _histograms = new(call);

    /// <summary>Indices of floats at which the counter has been reset since the float before, ascending: windows only have to walk these.</summary>
    private int[] _resets = new int[16];
    private int _resetCount;
    private int _nextReset;

    /// <inheritdoc/>
    public override void Begin(in RangeColumns columns)
    {
        _resetCount = 0;
        _nextReset = 0;
        if (!isCounter || Call.Anchored || Call.Smoothed)
        {
            return;
        }

        ReadOnlySpan<double> values = columns.Values;
        bool starts = !columns.StartTimes.IsEmpty;
        for (int i = 1; i < values.Length; i++)
        {
            if (values[i] < values[i - 1] || (starts && StartTimes.IsReset(columns.StartTimes, columns.Times, i)))
            {
                if (_resetCount == _resets.Length)
                {
                    Array.Resize(ref _resets, _resetCount * 2);
                }

                _resets[_resetCount++] = i;
            }
        }
    }

    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        if (window.Count > 0 && window.HistogramCount > 0)
        {
            WarnMixed(row);
        }
        else if (window.HistogramCount > 0)
        {
            _histograms.Compute(window, row, isCounter, isRate);
        }
        else if (Call.Anchored || Call.Smoothed)
        {
            Extended(window, row);
        }
        else
        {
            Extrapolated(window, row);
        }
    }

    private void Extrapolated(in RangeWindow window, StepSeries row)
    {
        ReadOnlySpan<long> times = window.Times;
        ReadOnlySpan<double> values = window.Values;
        double result = values[^1] - values[0];
        if (isCounter)
        {
            result = CorrectForResets(window, values, result);
        }

        long start = isCounter && !window.StartTimes.IsEmpty ? window.StartTimes[0] : 0;
        var extrapolation = new Extrapolation(window.StartMs, window.EndMs, times[0], times[^1], times.Length);
        if (extrapolation.StartsInside(start))
        {
            result += values[0];
            extrapolation.BeginAt(start);
        }
        else if (times.Length == 1)
        {
            return;
        }
        else
        {
            extrapolation.ExtendLeft(isCounter && result > 0 && values[0] >= 0 ? values[0] / result : double.PositiveInfinity);
        }

        double factor = extrapolation.Factor();
        row.Set(window.Step, result * (isRate ? factor / (Call.RangeMs / 1000.0) : factor));
    }

    private double CorrectForResets(in RangeWindow window, ReadOnlySpan<double> values, double result)
    {
        if (_resetCount == 0)
        {
            return result;
        }

        while (_nextReset > 0 && _resets[_nextReset - 1] > window.First)
        {
            _nextReset--;
        }

        while (_nextReset < _resetCount && _resets[_nextReset] <= window.First)
        {
            _nextReset++;
        }

        int end = window.First + window.Count;
        for (int i = _nextReset; i < _resetCount && _resets[i] < end; i++)
        {
            result += values[_resets[i] - window.First - 1];
        }

        return result;
    }

    private void Extended(in RangeWindow window, StepSeries row)
    {
        ReadOnlySpan<long> times = window.Times;
        ReadOnlySpan<double> values = window.Values;
        if (!ExtendedRange.TryFind(times, window.StartMs, window.EndMs, Call.Smoothed, out int first, out int last))
        {
            return;
        }

        double left = ExtendedRange.Left(times, values, first, window.StartMs, Call.Smoothed, isCounter);
        double right = ExtendedRange.Right(times, values, last, window.EndMs, Call.Smoothed, isCounter);
        double result = right - left;
        if (isCounter)
        {
            // Only samples strictly inside: the ends have taken account of resets at the boundaries.
            int from = times[first] <= window.StartMs ? first + 1 : first;
            int to = times[last] >= window.EndMs ? last - 1 : last;
            double previous = left;
            for (int i = from; i <= to; i++)
            {
                if (values[i] < previous)
                {
                    result += previous;
                }

                previous = values[i];
            }

            if (right < previous)
            {
                result += previous;
            }
        }

        row.Set(window.Step, isRate ? result / (Call.RangeMs / 1000.0) : result);
    }
}
