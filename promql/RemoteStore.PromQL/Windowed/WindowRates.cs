using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>
/// <c>rate</c>, <c>increase</c> and <c>delta</c>: the last value less the first, with what counters had reached before resets in and between windows, extrapolated as
/// <see cref="RateKernel"/> does. A range that was widened gives its own rate, and the increase in proportion.
/// </summary>
internal sealed class WindowRates(RangeCall call, WindowNotes notes, bool isCounter, bool isRate) : WindowKernel(call, notes)
{
    private readonly WindowHistogramRates _histograms = new(call);

    /// <inheritdoc/>
    public override void Compute(in WindowStep step, StepSeries row)
    {
        if (step.OfFloats.Count > 0 && step.OfHistograms.Count > 0)
        {
            WarnMixed(row);
        }
        else if (step.OfHistograms.Count > 0)
        {
            _histograms.Compute(step, Samples(step.Spans), row, isCounter, isRate);
        }
        else
        {
            ComputeFloats(step, row);
        }
    }

    /// <summary>What an increase over the range that windows stand for is multiplied with.</summary>
    /// <param name="factor">That of the extrapolation to its ends.</param>
    /// <param name="choice">The windows.</param>
    /// <param name="rangeMs">Length of the range asked for.</param>
    /// <param name="isRate">True for a value per second.</param>
    public static double Scaled(double factor, in WindowChoice choice, long rangeMs, bool isRate) =>
        isRate ? factor / ((choice.IsExact ? rangeMs : choice.EndMs - choice.StartMs) / 1000.0)
        : choice.IsExact ? factor
        : factor * choice.Scale(rangeMs);

    private void ComputeFloats(in WindowStep step, StepSeries row)
    {
        ReadOnlySpan<WindowAggregate> windows = step.Floats;
        long samples = Samples(windows);
        if (samples < 2)
        {
            return;
        }

        double first = windows[0].First;
        double result = windows[^1].Last - first;
        if (isCounter)
        {
            for (int i = 0; i < windows.Length; i++)
            {
                if (i > 0 && windows[i].First < windows[i - 1].Last)
                {
                    result += windows[i - 1].Last;
                }

                result += windows[i].Resets;
            }
        }

        WindowChoice choice = step.OfFloats;
        var extrapolation = new Extrapolation(
            choice.StartMs, choice.EndMs, windows[0].FirstMs, windows[^1].LastMs, (int)Math.Min(samples, int.MaxValue));
        extrapolation.ExtendLeft(isCounter && result > 0 && first >= 0 ? first / result : double.PositiveInfinity);
        row.Set(step.Step, result * Scaled(extrapolation.Factor(), choice, step.RangeMs, isRate));
    }
}
