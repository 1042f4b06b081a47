using System.Text;
using RemoteStore.Model.Histograms;
using RemoteStore.PromQL.Annotations;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Operators;

/// <summary>What is computed of native histograms and of the buckets of classic ones, at one step.</summary>
internal abstract class BucketCalculation(AnnotationSet annotations, int position)
{
    /// <summary>Where reports go.</summary>
    protected AnnotationSet Annotations { get; } = annotations;

    /// <summary>Place of the vector, for annotations.</summary>
    public int Position { get; } = position;

    /// <summary>How many results there are of each histogram; more than one have a label to tell them apart.</summary>
    public virtual int Results => 1;

    /// <summary>The label that tells results apart; empty when there is one.</summary>
    public virtual (byte[] Name, byte[] Value) Label(int result, int step) => ([], []);

    /// <summary>Computes of a native histogram.</summary>
    public abstract double OfNative(int result, int step, FloatHistogram histogram, string metricName);

    /// <summary>Computes of classic buckets, which may be reordered.</summary>
    public abstract double OfClassic(int result, int step, long timeMs, Span<ClassicBucket> buckets, string metricName);
}

/// <summary><c>histogram_quantile</c> and <c>histogram_quantiles</c>.</summary>
internal sealed class QuantileCalculation(AnnotationSet annotations, int position, ScalarArguments quantiles, string? label)
    : BucketCalculation(annotations, position)
{
    private readonly byte[] _label = Encoding.UTF8.GetBytes(label ?? "");

    /// <inheritdoc/>
    public override int Results => quantiles.Count;

    /// <inheritdoc/>
    public override (byte[] Name, byte[] Value) Label(int result, int step) =>
        label is null ? ([], []) : (_label, Encoding.UTF8.GetBytes(GoFloat.OpenMetrics(quantiles[result][step])));

    /// <summary>Reports quantiles outside 0 to 1.</summary>
    public void Validate(int steps, IReadOnlyList<int> positions)
    {
        for (int result = 0; result < quantiles.Count; result++)
        {
            foreach (double quantile in quantiles[result].AsSpan(0, steps))
            {
                if (double.IsNaN(quantile) || quantile < 0 || quantile > 1)
                {
                    Annotations.Warn(AnnotationText.InvalidQuantile(quantile), positions[result]);
                }
            }
        }
    }

    /// <inheritdoc/>
    public override double OfNative(int result, int step, FloatHistogram histogram, string metricName)
    {
        double value = HistogramStatistics.Quantile(quantiles[result][step], histogram, out HistogramNotes notes);
        if ((notes & HistogramNotes.NaNObservationsMakeNaN) != 0)
        {
            Annotations.Info(AnnotationText.WithMetricName(AnnotationText.QuantileNaNResult, metricName), Position);
        }

        if ((notes & HistogramNotes.NaNObservationsSkew) != 0)
        {
            Annotations.Info(AnnotationText.WithMetricName(AnnotationText.QuantileNaNSkew, metricName), Position);
        }

        return value;
    }

    /// <inheritdoc/>
    public override double OfClassic(int result, int step, long timeMs, Span<ClassicBucket> buckets, string metricName)
    {
        double value = ClassicBuckets.Quantile(quantiles[result][step], buckets, out MonotonicityReport report);
        if (report.Forced)
        {
            Annotations.ForcedMonotonicity(
                metricName, Position, new ForcedBuckets(timeMs, timeMs, report.LowestBound, report.HighestBound, report.GreatestDifference));
        }

        return value;
    }
}

/// <summary><c>histogram_fraction</c>.</summary>
internal sealed class FractionCalculation(AnnotationSet annotations, int position, ScalarArguments bounds) : BucketCalculation(annotations, position)
{
    /// <inheritdoc/>
    public override double OfNative(int result, int step, FloatHistogram histogram, string metricName)
    {
        double value = HistogramStatistics.Fraction(bounds[0][step], bounds[1][step], histogram, out HistogramNotes notes);
        if ((notes & HistogramNotes.NaNObservationsExcluded) != 0)
        {
            Annotations.Info(AnnotationText.WithMetricName(AnnotationText.FractionNaNs, metricName), Position);
        }

        return value;
    }

    /// <inheritdoc/>
    public override double OfClassic(int result, int step, long timeMs, Span<ClassicBucket> buckets, string metricName) =>
        ClassicBuckets.Fraction(bounds[0][step], bounds[1][step], buckets);
}
