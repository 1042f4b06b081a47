using RemoteStore.Model.Samples;

namespace RemoteStore.PromQL.Parser.Series;

/// <summary>One position of a sequence of values.</summary>
/// <param name="Value">The value, when there is neither a histogram nor an omission.</param>
/// <param name="Histogram">The histogram, or null.</param>
/// <param name="IsOmitted">True when there is no sample at this position.</param>
public readonly record struct SeriesValue(double Value, NativeHistogram? Histogram, bool IsOmitted)
{
    /// <summary>A position without a sample.</summary>
    public static SeriesValue Omitted { get; } = new(0, null, IsOmitted: true);

    /// <summary>A number.</summary>
    public static SeriesValue Of(double value) => new(value, null, IsOmitted: false);

    /// <summary>A histogram.</summary>
    public static SeriesValue Of(NativeHistogram histogram) => new(0, histogram, IsOmitted: false);
}
