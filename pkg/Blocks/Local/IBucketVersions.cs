using RemoteStore.Model;

namespace RemoteStore.Blocks.Local;

/// <summary>
/// Tells whether what was computed from the blocks in a bucket still holds: other processes add blocks to it, join them, mark and remove them. Safe for concurrent
/// use.
/// </summary>
public interface IBucketVersions
{
    /// <summary>
    /// The version of the blocks that a view opened from now on reads, or an earlier one. Rises whenever an answer may change by what readers learn of the bucket.
    /// </summary>
    long VersionOf(TenantId tenant);

    /// <summary>True when no answer that rests on samples in the range has changed since, by what is known of the bucket now.</summary>
    /// <param name="tenant">Whose data.</param>
    /// <param name="since">From <see cref="VersionOf"/>, taken before anything was read.</param>
    /// <param name="range">Where the samples are, whole windows of downsampled data included.</param>
    bool IsUnchanged(TenantId tenant, long since, QueryRange range);

    /// <summary>Length of the longest windows that views of the tenant may have read so far, in milliseconds; 0 = none.</summary>
    long LongestWindowMs(TenantId tenant);
}
