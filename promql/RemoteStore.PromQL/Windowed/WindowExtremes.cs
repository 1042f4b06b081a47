using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>
/// <c>min_over_time</c>, <c>max_over_time</c> and the times of the extremes. When in its window an extreme was that is neither its first nor its last sample is not
/// known: the middle stands for it.
/// </summary>
internal sealed class WindowExtremes(RangeCall call, WindowNotes notes, bool max, bool timestamp) : WindowKernel(call, notes)
{
    /// <inheritdoc/>
    public override void Compute(in WindowStep step, StepSeries row)
    {
        ReadOnlySpan<WindowAggregate> windows = step.Floats;
        if (windows.IsEmpty)
        {
            return;
        }

        if (step.OfHistograms.Count > 0)
        {
            NoteIgnoredHistograms(row);
        }

        int at = 0;
        double extreme = Of(windows[0]);
        for (int i = 1; i < windows.Length; i++)
        {
            double value = Of(windows[i]);
            if ((max ? value > extreme : value < extreme) || (timestamp && value == extreme) || double.IsNaN(extreme))
            {
                extreme = value;
                at = i;
            }
        }

        row.Set(step.Step, timestamp ? Time(windows[at], extreme) / 1000.0 : extreme);
    }

    private double Of(in WindowAggregate window) => max ? window.Max : window.Min;

    private double Time(in WindowAggregate window, double extreme)
    {
        if (window.Last == extreme || double.IsNaN(extreme))
        {
            return window.LastMs;
        }

        if (window.Count > 2)
        {
            Notes.Estimated(window.ResolutionMs);
        }

        return window.First == extreme ? window.FirstMs : window.FirstMs + ((window.LastMs - window.FirstMs) / 2);
    }
}
