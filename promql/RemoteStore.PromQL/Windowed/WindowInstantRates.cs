using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>
/// <c>irate</c> and <c>idelta</c>. The last two samples of a window of more than two are not known: the average over that window stands for them.
/// </summary>
internal sealed class WindowInstantRates(RangeCall call, WindowNotes notes, bool isRate) : WindowKernel(call, notes)
{
    private readonly WindowHistogramRates _histograms = new(call);

    /// <inheritdoc/>
    public override void Compute(in WindowStep step, StepSeries row)
    {
        ReadOnlySpan<WindowAggregate> floats = step.Floats;
        ReadOnlySpan<WindowAggregate> spans = step.Spans;
        bool endsInFloats = spans.IsEmpty || (!floats.IsEmpty && floats[^1].LastMs > spans[^1].LastMs);
        ReadOnlySpan<WindowAggregate> own = endsInFloats ? floats : spans;
        ReadOnlySpan<WindowAggregate> other = endsInFloats ? spans : floats;
        if (own[^1].Count < 2 && !other.IsEmpty && (own.Length < 2 || other[^1].LastMs > own[^2].LastMs))
        {
            WarnMixed(row); // the sample before the last is of the other kind
            return;
        }

        if (own[^1].Count < 2 && own.Length < 2)
        {
            return;
        }

        if (own[^1].Count > 2)
        {
            Notes.Estimated(own[^1].ResolutionMs);
        }

        long from = own[^1].Count < 2 ? own[^2].LastMs : own[^1].FirstMs;
        double divisor = isRate ? (own[^1].LastMs - from) / 1000.0 : Math.Max(1, own[^1].Count - 1);
        if (endsInFloats)
        {
            row.Set(step.Step, Difference(floats) / divisor);
        }
        else if (Difference(step.Histograms, own[^1].Count, row) is { } result)
        {
            result.Divide(divisor);
            row.Set(step.Step, result);
        }
    }

    private double Difference(ReadOnlySpan<WindowAggregate> windows)
    {
        WindowAggregate last = windows[^1];
        if (last.Count > 1)
        {
            return last.Last - last.First + (isRate ? last.Resets : 0);
        }

        double before = windows[^2].Last;
        return isRate && last.Last < before ? last.Last : last.Last - before;
    }

    private FloatHistogram? Difference(ReadOnlySpan<HistogramPiece> pieces, long samples, StepSeries row) => samples > 1
        ? _histograms.Increase(pieces[^1..], isRate, row)
        : _histograms.Increase([HistogramPiece.Of(pieces[^2].Last), pieces[^1]], isRate, row);
}
