using System.Diagnostics.CodeAnalysis;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;

namespace RemoteStore.Api.Federation;

/// <summary>A series with its newest sample. Ordered by metric name, then by labels.</summary>
/// <param name="Labels">Canonical label bytes, a metric name among them.</param>
/// <param name="TimestampMs">Time of the sample, milliseconds since the Unix epoch.</param>
/// <param name="Value">Its value when it is a float.</param>
/// <param name="Histogram">Its value when it is a histogram, else null.</param>
[SuppressMessage("Design", "CA1036:Override methods on comparable types", Justification = "Sorted once, never compared otherwise.")]
internal sealed record FederatedSeries(ReadOnlyMemory<byte> Labels, long TimestampMs, double Value, FloatHistogram? Histogram) : IComparable<FederatedSeries>
{
    /// <summary>The metric name, UTF-8.</summary>
    public ReadOnlySpan<byte> Name => LabelSet.GetValue(Labels.Span, "__name__"u8);

    public int CompareTo(FederatedSeries? other)
    {
        int order = other is null ? 1 : Name.SequenceCompareTo(other.Name);
        return order != 0 ? order : LabelSet.Compare(Labels.Span, other!.Labels.Span);
    }
}
