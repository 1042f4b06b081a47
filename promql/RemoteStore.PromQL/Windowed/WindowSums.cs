using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary><c>sum_over_time</c> and <c>avg_over_time</c>: compensated over the sums of windows; averages are weighted by the numbers of samples.</summary>
internal sealed class WindowSums(RangeCall call, WindowNotes notes, bool isAverage) : WindowKernel(call, notes)
{
    private readonly HistogramSums _results = new(call);
    private readonly HistogramSum _sum = new();

    /// <inheritdoc/>
    public override void Compute(in WindowStep step, StepSeries row)
    {
        if (step.OfFloats.Count > 0 && step.OfHistograms.Count > 0)
        {
            WarnMixed(row);
        }
        else if (step.OfFloats.Count > 0)
        {
            row.Set(step.Step, isAverage ? Average(step.Floats) : Sum(step.Floats) * step.OfFloats.Scale(step.RangeMs));
        }
        else
        {
            ComputeHistograms(step, row);
        }
    }

    private static double Sum(ReadOnlySpan<WindowAggregate> windows)
    {
        double sum = 0;
        double compensation = 0;
        foreach (ref readonly WindowAggregate window in windows)
        {
            Kahan.Add(window.Sum, ref sum, ref compensation);
        }

        return double.IsInfinity(sum) ? sum : sum + compensation;
    }

    private static double Average(ReadOnlySpan<WindowAggregate> windows)
    {
        long samples = 0;
        double sum = 0;
        double compensation = 0;
        foreach (ref readonly WindowAggregate window in windows)
        {
            samples += window.Count;
            Kahan.Add(window.Sum, ref sum, ref compensation);
        }

        // The sum may run over where the average does not.
        return double.IsFinite(sum) ? (sum / samples) + (compensation / samples) : AverageOfParts(windows, samples);
    }

    private static double AverageOfParts(ReadOnlySpan<WindowAggregate> windows, double samples)
    {
        double mean = 0;
        double compensation = 0;
        foreach (ref readonly WindowAggregate window in windows)
        {
            Kahan.Add(window.Sum / samples, ref mean, ref compensation);
        }

        return double.IsInfinity(mean) ? mean : mean + compensation;
    }

    private void ComputeHistograms(in WindowStep step, StepSeries row)
    {
        _sum.Reset();
        foreach (HistogramPiece piece in step.Histograms)
        {
            _sum.Add(piece.Sum);
        }

        FloatHistogram? result = new();
        if (!_sum.TryGet(result))
        {
            result = null;
        }
        else if (isAverage)
        {
            result.Divide(Samples(step.Spans));
        }
        else if (!step.OfHistograms.IsExact)
        {
            result.Multiply(step.OfHistograms.Scale(step.RangeMs));
        }

        _results.Put(step.Step, row, result, _sum.Notes);
    }
}
