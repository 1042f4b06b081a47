using RemoteStore.Blocks.Format;
using RemoteStore.Model;

namespace RemoteStore.Blocks.Local;

/// <summary>The blocks of the local store, for who hands them on to a bucket. Safe for concurrent use.</summary>
public interface ILocalBlocks
{
    /// <summary>Called when a block was cut, on a thread that must not be held up; null = nobody asks. Set before the store starts.</summary>
    Action? BlockCut { get; set; }

    /// <summary>All blocks of all tenants, oldest first within a tenant; none while the store is starting or stopping.</summary>
    IReadOnlyList<LocalBlock> GetLocalBlocks();

    /// <summary>Those of a tenant.</summary>
    IReadOnlyList<LocalBlock> GetLocalBlocks(TenantId tenant);

    /// <summary>Takes note that the bucket index that the readers of this process use holds these blocks. Unknown ids are passed over.</summary>
    void MarkSettled(TenantId tenant, IReadOnlySet<BlockId> blocks);

    /// <summary>
    /// Takes settled blocks out of service; their files go with the last reader. Blocks that are not settled, or not there any more, are passed over.
    /// </summary>
    /// <param name="tenant">Whose blocks.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="unread">Those of them whose samples readers of the bucket do not get as they were received: what was computed from these does not hold any more.</param>
    /// <returns>How many went.</returns>
    int Remove(TenantId tenant, IReadOnlySet<BlockId> blocks, IReadOnlySet<BlockId> unread);
}
