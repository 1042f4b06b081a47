using RemoteStore.Model.Samples;

namespace RemoteStore.Model.Histograms;

/// <summary>
/// Increases and differences of histograms over a range, for <c>rate</c>, <c>increase</c>, <c>delta</c>, <c>irate</c> and <c>idelta</c>. The caller extrapolates
/// and divides by the time (<see cref="FloatHistogram.Multiply"/>). Holds scratch for reuse; one owner.
/// </summary>
public sealed class HistogramRate
{
    private const HistogramNotes OfSubtraction = HistogramNotes.BoundsReconciledInSubtraction;
    private const HistogramNotes OfAddition = HistogramNotes.BoundsReconciledInAddition;

    private readonly FloatHistogram _empty = new();

    /// <summary>
    /// What was observed from the first to the last histogram: the last less the first, and for counters plus what was there before each reset. The first is
    /// left out of it, with whatever layout it has, when a counter was reset after it.
    /// </summary>
    /// <param name="range">Two histograms or more.</param>
    /// <param name="isCounter">Whether to look for resets.</param>
    /// <param name="result">Receives the difference, a gauge, compacted; in no particular state when there is none. None of the inputs.</param>
    /// <returns>With <see cref="HistogramNotes.MixedSchemas"/> there is no result.</returns>
    /// <remarks>
    /// When the first sample has a start timestamp within the range, before itself, the caller extrapolates from there and not to the left, and adds the first
    /// histogram to the result (a copy of it, when it is the only one).
    /// </remarks>
    public HistogramNotes Increase(in HistogramRange range, bool isCounter, FloatHistogram result)
    {
        ArgumentNullException.ThrowIfNull(result);
        ReadOnlySpan<FloatHistogram> histograms = range.Histograms;
        ArgumentOutOfRangeException.ThrowIfLessThan(histograms.Length, 2, nameof(range));
        FloatHistogram first = histograms[0];
        FloatHistogram last = histograms[^1];
        HistogramNotes notes = isCounter && (IsGauge(first) || IsGauge(last)) ? HistogramNotes.NotCounter : HistogramNotes.None;
        if (isCounter && (range.StartTellsReset(1) || histograms[1].DetectReset(first)))
        {
            first = EmptyLike(histograms[1]);
        }

        if (last.HasCustomBuckets != first.HasCustomBuckets)
        {
            return notes | HistogramNotes.MixedSchemas;
        }

        int schema = Math.Min(first.Schema, last.Schema);
        if (isCounter)
        {
            foreach (FloatHistogram histogram in histograms[1..^1])
            {
                if (histogram.HasCustomBuckets != last.HasCustomBuckets)
                {
                    return HistogramNotes.MixedSchemas;
                }

                notes |= IsGauge(histogram) ? HistogramNotes.NotCounter : HistogramNotes.None;
                schema = Math.Min(schema, histogram.Schema);
            }
        }

        result.CopyFrom(last, schema);

        // Contradicting reset hints are no matter here and below: resets are what this function deals with.
        notes |= Translate(result.Subtract(first), OfSubtraction);
        notes |= isCounter ? AddBeforeResets(range, first, result) : IsGauge(histograms[0]) && IsGauge(last) ? HistogramNotes.None : HistogramNotes.NotGauge;
        result.CounterResetHint = CounterResetHint.Gauge;
        result.Compact(0);
        return notes;
    }

    /// <summary>The difference of two consecutive histograms, or for a counter that was reset between them the second one.</summary>
    /// <param name="range">Two histograms, the last of a range.</param>
    /// <param name="isCounter">Whether to look for a reset.</param>
    /// <param name="result">Receives the difference, a gauge, compacted. None of the inputs.</param>
    /// <returns>With <see cref="HistogramNotes.MixedSchemas"/> there is no result.</returns>
    public static HistogramNotes Difference(in HistogramRange range, bool isCounter, FloatHistogram result)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentOutOfRangeException.ThrowIfNotEqual(range.Histograms.Length, 2, nameof(range));
        FloatHistogram first = range.Histograms[0];
        FloatHistogram second = range.Histograms[1];
        HistogramNotes notes = (isCounter, IsGauge(first), IsGauge(second)) switch
        {
            (true, true, _) or (true, _, true) => HistogramNotes.NotCounter,
            (false, false, _) or (false, _, false) => HistogramNotes.NotGauge,
            _ => HistogramNotes.None,
        };
        result.CopyFrom(second);
        if (!isCounter || !(range.StartTellsReset(1) || second.DetectReset(first)))
        {
            notes |= Translate(result.Subtract(first), OfSubtraction);
            if ((notes & HistogramNotes.MixedSchemas) != 0)
            {
                return notes;
            }
        }

        result.CounterResetHint = CounterResetHint.Gauge;
        result.Compact(0);
        return notes;
    }

    /// <summary>How many resets there are in a range, by hints, counts and start timestamps (<c>resets</c>).</summary>
    public static int CountResets(in HistogramRange range)
    {
        int resets = 0;
        for (int i = 1; i < range.Histograms.Length; i++)
        {
            resets += range.StartTellsReset(i) || range.Histograms[i].DetectReset(range.Histograms[i - 1]) ? 1 : 0;
        }

        return resets;
    }

    internal static bool IsGauge(FloatHistogram histogram) => histogram.CounterResetHint == CounterResetHint.Gauge;

    /// <summary>Notes of a step within a rate: what became of bounds is told with the operation, collisions are not.</summary>
    internal static HistogramNotes Translate(HistogramNotes notes, HistogramNotes reconciled) =>
        (notes & HistogramNotes.MixedSchemas) | ((notes & HistogramNotes.BoundsReconciled) != 0 ? reconciled : HistogramNotes.None);

    private static HistogramNotes AddBeforeResets(in HistogramRange range, FloatHistogram first, FloatHistogram result)
    {
        HistogramNotes notes = HistogramNotes.None;
        FloatHistogram previous = first;
        for (int i = 1; i < range.Histograms.Length; i++)
        {
            FloatHistogram current = range.Histograms[i];
            notes |= range.StartOverlaps(i) ? HistogramNotes.StartTimestampOverlap : HistogramNotes.None;
            if (range.StartTellsReset(i) || current.DetectReset(previous))
            {
                notes |= Translate(result.Add(previous), OfAddition);
            }

            previous = current;
        }

        return notes;
    }

    private FloatHistogram EmptyLike(FloatHistogram histogram)
    {
        _empty.Reset(histogram.Schema);
        if (histogram.HasCustomBuckets)
        {
            _empty.SetCustomBounds(histogram.CustomBounds);
        }

        return _empty;
    }
}
