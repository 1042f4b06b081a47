using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>A function of ranges over windows: what a <see cref="RangeKernel"/> is over samples.</summary>
/// <param name="call">The call.</param>
/// <param name="notes">Where it tells that values are estimates.</param>
internal abstract class WindowKernel(RangeCall call, WindowNotes notes)
{
    /// <summary>The call.</summary>
    protected RangeCall Call { get; } = call;

    /// <summary>Where it tells that values are estimates. That ranges are widened is told by the caller.</summary>
    protected WindowNotes Notes { get; } = notes;

    /// <summary>Computes the value of one step, when there is one, and puts it in the row. There is a window at least.</summary>
    public abstract void Compute(in WindowStep step, StepSeries row);

    /// <summary>Number of samples.</summary>
    protected static long Samples(ReadOnlySpan<WindowAggregate> windows)
    {
        long count = 0;
        foreach (ref readonly WindowAggregate window in windows)
        {
            count += window.Count;
        }

        return count;
    }

    /// <summary>Length of the longest window of several samples.</summary>
    protected static long Coarsest(ReadOnlySpan<WindowAggregate> windows)
    {
        long resolution = 0;
        foreach (ref readonly WindowAggregate window in windows)
        {
            resolution = window.Count > 1 ? Math.Max(resolution, window.ResolutionMs) : resolution;
        }

        return resolution;
    }

    /// <summary>Tells of histograms that a function of floats passes over.</summary>
    protected void NoteIgnoredHistograms(StepSeries row) =>
        Call.Annotations.Info(AnnotationText.IgnoredInMixedRange(RangeCall.MetricName(row)), Call.Position);

    /// <summary>Tells of a range with floats and histograms.</summary>
    protected void WarnMixed(StepSeries row) =>
        Call.Annotations.Warn(AnnotationText.MixedFloatsHistograms(RangeCall.MetricName(row)), Call.Position);
}
