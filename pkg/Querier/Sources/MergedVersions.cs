using RemoteStore.Blocks.Local;
using RemoteStore.Model;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Querier.Sources;

/// <summary>Whether answers from a local store and the bucket behind it still hold.</summary>
/// <remarks>
/// An answer from downsampled data may rest on samples outside the range that the query names: a range ends up to a window earlier where one is cut by its end,
/// and is widened to the beginning of another; and where nothing else is known, the window around its end is read. So changes count from two windows before to
/// one behind.
/// </remarks>
/// <param name="local">The local store.</param>
/// <param name="bucket">The bucket.</param>
public sealed class MergedVersions(IWriteVersions local, IBucketVersions bucket) : IWriteVersions
{
    /// <inheritdoc/>
    public WriteVersion Watch(TenantId tenant, long beforeMs)
    {
        WriteVersion version = local.Watch(tenant, beforeMs);
        long blocks = bucket.VersionOf(tenant);
        return version with
        {
            Writes = version.Writes + blocks, // both only rise: equal sums mean that neither did
            OldestMs = version.OldestMs == long.MinValue ? long.MinValue : Add(version.OldestMs, Before(tenant)),
            Blocks = blocks,
        };
    }

    /// <inheritdoc/>
    public bool IsUnchanged(TenantId tenant, WriteVersion since, QueryRange range)
    {
        if (range.IsEmpty)
        {
            return true;
        }

        var touched = new QueryRange(Add(range.MinTime, -Before(tenant)), Add(range.MaxTime, bucket.LongestWindowMs(tenant)));
        return bucket.IsUnchanged(tenant, since.Blocks, touched) && local.IsUnchanged(tenant, since, touched);
    }

    private long Before(TenantId tenant) => Math.Min(bucket.LongestWindowMs(tenant), long.MaxValue / 2) * 2;

    /// <summary>A sum that stops at the ends of 64 bits.</summary>
    private static long Add(long a, long b)
    {
        long sum = unchecked(a + b);
        return ((a ^ sum) & (b ^ sum)) >= 0 ? sum : a < 0 ? long.MinValue : long.MaxValue;
    }
}
