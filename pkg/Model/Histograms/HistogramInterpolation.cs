namespace RemoteStore.Model.Histograms;

/// <summary>Histograms between two samples, for the selector <c>smoothed</c>.</summary>
public static class HistogramInterpolation
{
    /// <summary>The histogram at a time: on the straight line between the samples, or after a reset between them from zero to the second.</summary>
    /// <param name="timeMs">From <paramref name="beforeMs"/> to <paramref name="afterMs"/>, milliseconds since the Unix epoch.</param>
    /// <param name="before">The earlier sample.</param>
    /// <param name="beforeMs">Its time.</param>
    /// <param name="after">The later sample.</param>
    /// <param name="afterMs">Its time.</param>
    /// <param name="isCounter">Whether to look for a reset.</param>
    /// <param name="destination">Receives the histogram, with the hint of the later one, not compacted. None of the samples.</param>
    /// <returns>
    /// With <see cref="HistogramNotes.MixedSchemas"/> there is none; <see cref="HistogramNotes.BoundsReconciledInSubtraction"/>,
    /// <see cref="HistogramNotes.BoundsReconciledInAddition"/>.
    /// </returns>
    public static HistogramNotes At(
        long timeMs, FloatHistogram before, long beforeMs, FloatHistogram after, long afterMs, bool isCounter, FloatHistogram destination)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        ArgumentNullException.ThrowIfNull(destination);
        if (timeMs == beforeMs)
        {
            destination.CopyFrom(before);
            return HistogramNotes.None;
        }

        destination.CopyFrom(after);
        if (timeMs == afterMs)
        {
            return HistogramNotes.None;
        }

        double fraction = (double)(timeMs - beforeMs) / (afterMs - beforeMs);
        if (isCounter && after.DetectReset(before))
        {
            destination.Multiply(fraction);
            return HistogramNotes.None;
        }

        HistogramNotes notes = HistogramRate.Translate(destination.Subtract(before), HistogramNotes.BoundsReconciledInSubtraction);
        if ((notes & HistogramNotes.MixedSchemas) != 0)
        {
            return notes;
        }

        destination.Multiply(fraction);
        return notes | HistogramRate.Translate(destination.Add(before), HistogramNotes.BoundsReconciledInAddition);
    }
}
