namespace RemoteStore.Model.Histograms;

/// <summary>One bucket of a classic histogram.</summary>
/// <param name="UpperBound">The value of its label <c>le</c>.</param>
/// <param name="Count">Observations up to the bound, those of lower buckets too.</param>
public record struct ClassicBucket(double UpperBound, double Count);
