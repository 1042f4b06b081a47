using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Functions;

/// <summary><c>count_over_time</c>: floats and histograms.</summary>
internal sealed class CountOverTime(RangeCall call) : RangeKernel(call)
{
    /// <inheritdoc/>
    public override bool TryComputeRow(in RangeColumns columns, StepWindows windows, StepSeries row)
    {
        ReadOnlySpan<int> first = windows.First;
        ReadOnlySpan<int> end = windows.End[..first.Length];
        Span<double> values = row.Values[..first.Length];
        for (int step = 0; step < first.Length; step++)
        {
            values[step] = end[step] - first[step];
        }

        windows.Present.CopyTo(row.Present);
        return true;
    }

    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row) => row.Set(window.Step, window.Count + window.HistogramCount);
}

/// <summary><c>present_over_time</c>, and the inner part of <c>absent_over_time</c>.</summary>
internal sealed class PresentOverTime(RangeCall call) : RangeKernel(call)
{
    /// <inheritdoc/>
    public override bool TryComputeRow(in RangeColumns columns, StepWindows windows, StepSeries row)
    {
        row.Values.Fill(1);
        windows.Present.CopyTo(row.Present);
        return true;
    }

    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row) => row.Set(window.Step, 1);
}

/// <summary><c>first_over_time</c> and <c>last_over_time</c>.</summary>
internal sealed class EdgeOverTime(RangeCall call, bool last) : RangeKernel(call)
{
    /// <inheritdoc/>
    public override bool TryComputeRow(in RangeColumns columns, StepWindows windows, StepSeries row)
    {
        ReadOnlySpan<int> first = windows.First;
        ReadOnlySpan<int> end = windows.End;
        Span<double> values = row.Values;
        for (int step = Presence.Next(windows.Present, 0); step >= 0; step = Presence.Next(windows.Present, step + 1))
        {
            values[step] = columns.Values[last ? end[step] - 1 : first[step]];
        }

        windows.Present.CopyTo(row.Present);
        return true;
    }

    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        int f = last ? window.Count - 1 : 0;
        int h = last ? window.HistogramCount - 1 : 0;
        bool floats = window.HistogramCount == 0 ||
            (window.Count > 0 && (last ? window.HistogramTimes[h] < window.Times[f] : window.Times[f] < window.HistogramTimes[h]));
        if (floats)
        {
            row.Set(window.Step, window.Values[f]);
        }
        else
        {
            row.Set(window.Step, window.Histograms[h]);
        }
    }
}

/// <summary><c>ts_of_first_over_time</c> and <c>ts_of_last_over_time</c>, in seconds.</summary>
internal sealed class EdgeTimeOverTime(RangeCall call, bool last) : RangeKernel(call)
{
    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        long time;
        if (last)
        {
            time = Math.Max(window.Count > 0 ? window.Times[^1] : 0, window.HistogramCount > 0 ? window.HistogramTimes[^1] : 0);
        }
        else
        {
            time = Math.Min(
                window.Count > 0 ? window.Times[0] : long.MaxValue, window.HistogramCount > 0 ? window.HistogramTimes[0] : long.MaxValue);
        }

        row.Set(window.Step, time / 1000.0);
    }
}

/// <summary><c>min_over_time</c>, <c>max_over_time</c> and the times of the extremes.</summary>
internal sealed class ExtremeOverTime(RangeCall call, bool max, bool timestamp) : RangeKernel(call)
{
    private int[] _candidates = [];

    /// <inheritdoc/>
    public override bool TryComputeRow(in RangeColumns columns, StepWindows windows, StepSeries row)
    {
        ReadOnlySpan<double> samples = columns.Values;
        if (_candidates.Length < samples.Length)
        {
            _candidates = new int[samples.Length];
        }

        // The samples that can still be the extreme of a window, each worse than the one before: the first is that of the window at hand.
        Span<int> candidates = _candidates;
        ReadOnlySpan<int> firsts = windows.First;
        ReadOnlySpan<int> ends = windows.End[..firsts.Length];
        Span<double> values = row.Values[..firsts.Length];
        int head = 0;
        int tail = 0;
        int next = 0;
        for (int step = 0; step < firsts.Length; step++)
        {
            for (; next < ends[step]; next++)
            {
                while (tail > head && IsBetter(samples[next], samples[candidates[tail - 1]]))
                {
                    tail--;
                }

                candidates[tail++] = next;
            }

            while (head < tail && candidates[head] < firsts[step])
            {
                head++;
            }

            if (head < tail)
            {
                values[step] = timestamp ? columns.Times[candidates[head]] / 1000.0 : samples[candidates[head]];
            }
        }

        windows.Present.CopyTo(row.Present);
        return true;
    }

    /// <inheritdoc/>
    public override void Compute(in RangeWindow window, StepSeries row)
    {
        if (window.Count == 0)
        {
            return;
        }

        if (window.HistogramCount > 0)
        {
            NoteIgnoredHistograms(row);
        }

        ReadOnlySpan<double> values = window.Values;
        int at = 0;
        double extreme = values[0];
        for (int i = 0; i < values.Length; i++)
        {
            if (IsBetter(values[i], extreme))
            {
                extreme = values[i];
                at = i;
            }
        }

        row.Set(window.Step, timestamp ? window.Times[at] / 1000.0 : extreme);
    }

    /// <summary>True when a later value takes the place of the extreme so far: anything does of NaN, and of times the last of equal ones counts.</summary>
    private bool IsBetter(double value, double extreme) =>
        (max ? value > extreme : value < extreme) || (timestamp && value == extreme) || double.IsNaN(extreme);
}
