using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Windowed;

/// <summary><c>count_over_time</c>, and <c>present_over_time</c> with what <c>absent_over_time</c> needs.</summary>
/// <param name="call">The call.</param>
/// <param name="notes">Not used: nothing is estimated.</param>
/// <param name="isPresence">True for 1 wherever there are samples.</param>
internal sealed class WindowCounts(RangeCall call, WindowNotes notes, bool isPresence) : WindowKernel(call, notes)
{
    /// <inheritdoc/>
    public override void Compute(in WindowStep step, StepSeries row) => row.Set(
        step.Step,
        isPresence ? 1 : (Samples(step.Floats) * step.OfFloats.Scale(step.RangeMs)) + (Samples(step.Spans) * step.OfHistograms.Scale(step.RangeMs)));
}
