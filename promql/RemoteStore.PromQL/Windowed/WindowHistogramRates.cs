using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>Rates of native histograms over windows: what <see cref="WindowRates"/> and <see cref="WindowInstantRates"/> do for floats.</summary>
internal sealed class WindowHistogramRates(RangeCall call)
{
    private readonly HistogramRates _raw = new(call);

    /// <summary><c>rate</c>, <c>increase</c> or <c>delta</c>.</summary>
    public void Compute(in WindowStep step, long samples, StepSeries row, bool isCounter, bool isRate)
    {
        if (samples < 2 || Increase(step.Histograms, isCounter, row) is not { } result)
        {
            return;
        }

        ReadOnlySpan<WindowAggregate> spans = step.Spans;
        WindowChoice choice = step.OfHistograms;
        var extrapolation = new Extrapolation(
            choice.StartMs, choice.EndMs, spans[0].FirstMs, spans[^1].LastMs, (int)Math.Min(samples, int.MaxValue));
        double first = step.Histograms[0].First.Count;
        extrapolation.ExtendLeft(isCounter && result.Count > 0 && first >= 0 ? first / result.Count : double.PositiveInfinity);
        result.Multiply(WindowRates.Scaled(extrapolation.Factor(), choice, step.RangeMs, isRate));
        row.Set(step.Step, result);
    }

    /// <summary>What was observed from the first to the last histogram of windows; null when there is no difference of them.</summary>
    public FloatHistogram? Increase(ReadOnlySpan<HistogramPiece> pieces, bool isCounter, StepSeries row)
    {
        FloatHistogram first = pieces[0].First;
        FloatHistogram last = pieces[^1].Last;
        bool anyGauge = IsGauge(first) || IsGauge(last);
        HistogramNotes notes = isCounter
            ? (anyGauge ? HistogramNotes.NotCounter : HistogramNotes.None)
            : IsGauge(first) && IsGauge(last) ? HistogramNotes.None : HistogramNotes.NotGauge;
        if (!TryFindSchema(pieces, isCounter, out int schema))
        {
            _raw.Tell(notes | HistogramNotes.MixedSchemas, row);
            return null;
        }

        var result = new FloatHistogram();
        result.CopyFrom(last, schema);
        notes |= InSubtraction(result.Subtract(first));
        for (int i = 0; i < pieces.Length && isCounter; i++)
        {
            if (i > 0 && pieces[i].First.DetectReset(pieces[i - 1].Last))
            {
                notes |= InAddition(result.Add(pieces[i - 1].Last));
            }

            if (pieces[i].Resets is { } resets)
            {
                notes |= InAddition(result.Add(resets));
            }
        }

        result.CounterResetHint = CounterResetHint.Gauge;
        result.Compact(0);
        _raw.Tell(notes, row);
        return (notes & HistogramNotes.MixedSchemas) == 0 ? result : null;
    }

    /// <summary>The lowest resolution of all; false when some have custom buckets and others not.</summary>
    private static bool TryFindSchema(ReadOnlySpan<HistogramPiece> pieces, bool isCounter, out int schema)
    {
        FloatHistogram last = pieces[^1].Last;
        schema = Math.Min(pieces[0].First.Schema, last.Schema);
        bool areAlike = pieces[0].First.HasCustomBuckets == last.HasCustomBuckets;
        for (int i = 0; i < pieces.Length && isCounter; i++)
        {
            areAlike &= pieces[i].First.HasCustomBuckets == last.HasCustomBuckets && pieces[i].Last.HasCustomBuckets == last.HasCustomBuckets;
            schema = Math.Min(schema, Math.Min(pieces[i].First.Schema, pieces[i].Last.Schema));
        }

        return areAlike;
    }

    private static bool IsGauge(FloatHistogram histogram) => histogram.CounterResetHint == CounterResetHint.Gauge;

    private static HistogramNotes InSubtraction(HistogramNotes notes) => Of(notes, HistogramNotes.BoundsReconciledInSubtraction);

    private static HistogramNotes InAddition(HistogramNotes notes) => Of(notes, HistogramNotes.BoundsReconciledInAddition);

    private static HistogramNotes Of(HistogramNotes notes, HistogramNotes reconciled) =>
        (notes & HistogramNotes.MixedSchemas) | ((notes & HistogramNotes.BoundsReconciled) != 0 ? reconciled : HistogramNotes.None);
}
