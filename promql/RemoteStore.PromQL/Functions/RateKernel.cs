using RemoteStore.Primitives.Numerics;
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
    private RateColumns? _rates; // of the windows of whole rows

    /// <inheritdoc/>
    public override bool TryComputeRow(in RangeColumns columns, StepWindows windows, StepSeries row)
    {
        if (Call.Anchored || Call.Smoothed || (isCounter && !columns.StartTimes.IsEmpty))
        {
            return false;
        }

        _rates ??= new RateColumns(windows.Memory, windows.Grid.Count, isRate ? Call.RangeMs / 1000.0 : 1);
        _rates.Update(columns.Times, windows);
        _rates.Present[..row.Present.Length].CopyTo(row.Present);
        Begin(columns);
        ComputeRow(columns.Values, windows, _rates, row);
        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _rates?.Dispose();
    }

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
            if (!starts)
            {
                i = Descents.Next(values, i);
                if (i < 0)
                {
                    break;
                }
            }

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

    private void ComputeRow(ReadOnlySpan<double> samples, StepWindows windows, RateColumns rates, StepSeries row)
    {
        ReadOnlySpan<int> firsts = windows.First;
        ReadOnlySpan<int> ends = windows.End[..firsts.Length];
        ReadOnlySpan<double> sampled = rates.Sampled[..firsts.Length];
        ReadOnlySpan<double> left = rates.Left[..firsts.Length];
        ReadOnlySpan<double> factors = rates.Factor[..firsts.Length];
        Span<double> values = row.Values[..firsts.Length];
        for (int step = 0; step < firsts.Length; step++)
        {
            int start = firsts[step];
            int last = ends[step] - 1;
            if (last <= start)
            {
                continue;
            }

            double first = samples[start];
            double result = samples[last] - first;
            if (isCounter)
            {
                if (_resetCount > 0)
                {
                    result = AddResets(samples, start, last + 1, result);
                }

                if (result > 0 && first >= 0)
                {
                    double toZero = sampled[step] * (first / result);
                    if (toZero < left[step])
                    {
                        values[step] = result * rates.FactorFrom(step, toZero);
                        continue;
                    }
                }
            }

            values[step] = result * factors[step];
        }
    }

    private double CorrectForResets(in RangeWindow window, ReadOnlySpan<double> values, double result)
    {
        if (_resetCount == 0)
        {
            return result;
        }

        MoveToResets(window.First);
        int end = window.First + window.Count;
        for (int i = _nextReset; i < _resetCount && _resets[i] < end; i++)
        {
            result += values[_resets[i] - window.First - 1];
        }

        return result;
    }

    /// <summary>Adds what counters had reached before they were reset within the samples.</summary>
    private double AddResets(ReadOnlySpan<double> samples, int first, int end, double result)
    {
        MoveToResets(first);
        for (int i = _nextReset; i < _resetCount && _resets[i] < end; i++)
        {
            result += samples[_resets[i] - 1];
        }

        return result;
    }

    private void MoveToResets(int first)
    {
        while (_nextReset > 0 && _resets[_nextReset - 1] > first)
        {
            _nextReset--;
        }

        while (_nextReset < _resetCount && _resets[_nextReset] <= first)
        {
            _nextReset++;
        }
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
