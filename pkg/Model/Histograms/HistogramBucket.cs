namespace RemoteStore.Model.Histograms;

/// <summary>One bucket with its bounds.</summary>
/// <param name="Lower">Lower bound.</param>
/// <param name="Upper">Upper bound.</param>
/// <param name="Count">Observations in the bucket.</param>
/// <param name="Index">Index within its side and schema; 0 and without meaning for the zero bucket.</param>
/// <param name="LowerInclusive">Whether the lower bound belongs to the bucket.</param>
/// <param name="UpperInclusive">Whether the upper bound belongs to the bucket.</param>
public readonly record struct HistogramBucket(double Lower, double Upper, double Count, int Index, bool LowerInclusive, bool UpperInclusive);
