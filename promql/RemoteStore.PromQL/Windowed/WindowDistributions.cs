using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Windowed;

/// <summary>What a function tells of how values are spread.</summary>
internal enum Spread
{
    /// <summary><c>quantile_over_time</c>.</summary>
    Quantile,

    /// <summary><c>mad_over_time</c>.</summary>
    MedianDistance,

    /// <summary><c>stddev_over_time</c>.</summary>
    Deviation,

    /// <summary><c>stdvar_over_time</c>.</summary>
    Variance,
}

/// <summary><c>quantile_over_time</c>, <c>mad_over_time</c>, <c>stddev_over_time</c> and <c>stdvar_over_time</c>, of <see cref="WeightedValues"/>.</summary>
/// <param name="call">The call.</param>
/// <param name="notes">Where it tells of estimates.</param>
/// <param name="spread">Which of them.</param>
/// <param name="quantiles">Quantile by step; empty for the others.</param>
internal sealed class WindowDistributions(RangeCall call, WindowNotes notes, Spread spread, double[] quantiles) : WindowKernel(call, notes)
{
    private readonly WeightedValues _values = new();

    /// <inheritdoc/>
    public override void Compute(in WindowStep step, StepSeries row)
    {
        if (step.OfFloats.Count == 0)
        {
            return;
        }

        if (step.OfHistograms.Count > 0)
        {
            NoteIgnoredHistograms(row);
        }

        _values.Load(step.Floats);
        row.Set(step.Step, spread switch
        {
            Spread.Quantile => Quantile(quantiles[step.Step]),
            Spread.MedianDistance => MedianDistance(),
            Spread.Deviation => Math.Sqrt(_values.Variance()),
            _ => _values.Variance(),
        });
        if (_values.AreEstimated)
        {
            Notes.Estimated(Coarsest(step.Floats));
        }
    }

    private double Quantile(double quantile)
    {
        if (double.IsNaN(quantile) || quantile < 0 || quantile > 1)
        {
            Call.Annotations.Warn(AnnotationText.InvalidQuantile(quantile), Call.Position);
        }

        return _values.Quantile(quantile);
    }

    private double MedianDistance()
    {
        if (_values.HasNaN)
        {
            return double.NaN;
        }

        _values.MoveToDistances(_values.Quantile(0.5));
        return _values.Quantile(0.5);
    }
}
