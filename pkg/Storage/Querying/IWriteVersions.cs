using RemoteStore.Model;

namespace RemoteStore.Storage.Querying;

/// <summary>
/// Tells whether what was computed from stored samples still holds: what a cache of answers needs to know of writes. Safe for concurrent use.
/// </summary>
/// <remarks>
/// Take the version before reading, keep it with the answer, and compare before the answer is used again: a write that the reading missed, for it came
/// meanwhile, has changed the version then.
/// </remarks>
public interface IWriteVersions
{
    /// <summary>
    /// Gives the version of what is stored now. From the return on every write of a sample before <paramref name="beforeMs"/> is noted, and the note is there
    /// before the write is acknowledged; later samples are not followed one by one. Asking with an earlier time does not undo a later one.
    /// </summary>
    /// <param name="tenant">Whose data.</param>
    /// <param name="beforeMs">Milliseconds since the Unix epoch. A coarse grid of times keeps this cheap.</param>
    /// <exception cref="StorageUnavailableException">The store is starting or stopping.</exception>
    WriteVersion Watch(TenantId tenant, long beforeMs);

    /// <summary>
    /// True when the samples in the range are as they were: since the version was taken nothing was written to one of the UTC days that the range touches, as
    /// far as it was watched, and nothing was lost.
    /// </summary>
    /// <param name="tenant">Whose data.</param>
    /// <param name="since">From <see cref="Watch"/>.</param>
    /// <param name="range">Where the samples are; not at or after the time that was watched.</param>
    bool IsUnchanged(TenantId tenant, WriteVersion since, QueryRange range);
}

/// <summary>What a tenant had stored at a moment.</summary>
/// <param name="Changes">Rises with each write of a watched sample and with each loss; negative when changes cannot be watched.</param>
/// <param name="Writes">Rises with every write whatever its times, before it is acknowledged.</param>
/// <param name="OldestMs">Reads do not see samples before this time, whether or not they are removed already; it moves with the clock.</param>
/// <param name="Blocks">Rises when what is read of a bucket beside the store changes answers; 0 where there is none.</param>
public readonly record struct WriteVersion(long Changes, long Writes, long OldestMs, long Blocks = 0)
{
    /// <summary>True when later changes will be noticed.</summary>
    public bool IsWatched => Changes >= 0;
}
