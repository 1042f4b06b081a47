using System.Globalization;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Annotations;

/// <summary>Where the buckets of classic histograms did not rise.</summary>
/// <param name="FirstMs">Earliest evaluation time.</param>
/// <param name="LastMs">Latest evaluation time.</param>
/// <param name="MinBucket">Lowest bound concerned.</param>
/// <param name="MaxBucket">Highest bound concerned.</param>
/// <param name="MaxDifference">Largest fall.</param>
/// <param name="Count">Histograms concerned.</param>
internal readonly record struct ForcedBuckets(
    long FirstMs, long LastMs, double MinBucket, double MaxBucket, double MaxDifference, int Count = 1)
{
    /// <summary>Both reports in one.</summary>
    public ForcedBuckets Widen(in ForcedBuckets other) => new(
        Math.Min(FirstMs, other.FirstMs),
        Math.Max(LastMs, other.LastMs),
        Math.Min(MinBucket, other.MinBucket),
        Math.Max(MaxBucket, other.MaxBucket),
        Math.Max(MaxDifference, other.MaxDifference),
        Count + other.Count);

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $", from buckets {GoFloat.Shortest(MinBucket)} to {GoFloat.Shortest(MaxBucket)}, with a max diff of {GoFloat.TwoDigits(MaxDifference)}, over {Count} samples from {Time(FirstMs)} to {Time(LastMs)}");

    private static string Time(long ms) => ms is > -62_135_596_800_000 and < 253_402_300_800_000
        ? DateTimeOffset.FromUnixTimeMilliseconds(ms).ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture)
        : ms.ToString(CultureInfo.InvariantCulture) + "ms";
}
