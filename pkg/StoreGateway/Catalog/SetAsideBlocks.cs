using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Model;

namespace RemoteStore.StoreGateway.Catalog;

/// <summary>Blocks of a tenant that turned out damaged while they were read here. Not safe for concurrent use.</summary>
/// <param name="time">The clock.</param>
internal sealed class SetAsideBlocks(TimeProvider time)
{
    // So long one answer after another says what it lacks, in place of meeting the damage anew.
    private static readonly TimeSpan s_tryAgain = TimeSpan.FromMinutes(5);

    private readonly Dictionary<BlockId, BrokenMark> _marks = [];

    /// <summary>True when <see cref="Over"/> leaves out less than it did.</summary>
    public bool IsToBeTriedAgain => _marks.Values.Any(IsOver);

    /// <summary>Sets a block aside.</summary>
    public void Add(BlockMeta meta, string reason) => _marks[meta.Id] = new BrokenMark
    {
        Tenant = meta.Tenant,
        Block = meta.Id,
        FoundAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
        Reason = reason,
        Range = new QueryRange(meta.MinTime, meta.MaxTime),
    };

    /// <summary>An index with marks of the blocks that are still set aside; those whose time is over are forgotten, and those that the bucket has not any more.</summary>
    public BucketIndex Over(BucketIndex index)
    {
        foreach (BlockId id in _marks.Where(mark => IsOver(mark.Value) || index.Find(mark.Key) is null || index.BrokenMarks.ContainsKey(mark.Key)).Select(static mark => mark.Key).ToArray())
        {
            _ = _marks.Remove(id);
        }

        return _marks.Count == 0
            ? index
            : new BucketIndex(
                index.Tenant, index.UpdatedAtMs, index.Blocks, index.DeletionMarks.Values, index.BrokenMarks.Values.Concat(_marks.Values), index.DeletionJobs,
                index.IsTenantDeleted);
    }

    private bool IsOver(BrokenMark mark) => time.GetUtcNow() >= DateTimeOffset.FromUnixTimeMilliseconds(mark.FoundAtMs) + s_tryAgain;
}
