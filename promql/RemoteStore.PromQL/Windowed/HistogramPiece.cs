using RemoteStore.Model.Histograms;

namespace RemoteStore.PromQL.Windowed;

/// <summary>The histograms of a window, decoded; what was not asked for is empty. Never changed.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
/// <param name="Sum">The sum of all.</param>
/// <param name="Resets">The sum of those before resets; null when there was none.</param>
internal sealed record HistogramPiece(FloatHistogram First, FloatHistogram Last, FloatHistogram Sum, FloatHistogram? Resets)
{
    /// <summary>Bytes that it takes.</summary>
    public long AllocatedBytes => 48 + First.AllocatedBytes + (ReferenceEquals(First, Last) ? 0 : Last.AllocatedBytes)
        + (ReferenceEquals(First, Sum) ? 0 : Sum.AllocatedBytes) + (Resets?.AllocatedBytes ?? 0);

    /// <summary>A histogram by itself.</summary>
    public static HistogramPiece Of(FloatHistogram histogram) => new(histogram, histogram, histogram, null);
}
