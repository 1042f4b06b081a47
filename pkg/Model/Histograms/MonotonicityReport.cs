namespace RemoteStore.Model.Histograms;

/// <summary>What was done to the counts of classic buckets so that they grow with the bound.</summary>
/// <param name="Fixed">Differences too small to be real, of rounding, were evened out; nothing to tell.</param>
/// <param name="Forced">Counts that were less than those of lower buckets were raised; to tell as an info.</param>
/// <param name="LowestBound">Lowest bound where a count was raised; +Inf when none was.</param>
/// <param name="HighestBound">Highest bound where a count was raised; -Inf when none was.</param>
/// <param name="GreatestDifference">The most by which a count was raised.</param>
public readonly record struct MonotonicityReport(bool Fixed, bool Forced, double LowestBound, double HighestBound, double GreatestDifference);
