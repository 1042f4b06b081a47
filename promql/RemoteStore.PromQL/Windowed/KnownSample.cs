using RemoteStore.Model.Histograms;

namespace RemoteStore.PromQL.Windowed;

/// <summary>A sample that an instant selector finds.</summary>
/// <param name="TimeMs">When it is.</param>
/// <param name="StartMs">Its start timestamp, 0 for none.</param>
/// <param name="Value">Its value, when it has no histogram.</param>
/// <param name="Histogram">Its histogram.</param>
internal readonly record struct KnownSample(long TimeMs, long StartMs, double Value, FloatHistogram? Histogram);
