using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;

namespace RemoteStore.Ruler.Evaluation;

/// <summary>A sample that a rule writes.</summary>
/// <param name="Labels">The series; its bytes do not change.</param>
/// <param name="TimestampMs">Milliseconds since the Unix epoch.</param>
/// <param name="ValueBits">IEEE 754 bits, so that stale markers survive; 0 where there is a histogram.</param>
/// <param name="Histogram">The histogram, or null; not to be changed.</param>
public readonly record struct RuleSample(LabelSet Labels, long TimestampMs, long ValueBits, FloatHistogram? Histogram);
