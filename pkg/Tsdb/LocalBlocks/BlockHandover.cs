using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.Model;

namespace RemoteStore.Tsdb.LocalBlocks;

/// <summary>Lets others hand the store's blocks on to a bucket.</summary>
/// <param name="serving">The store while it serves, else null.</param>
internal sealed class BlockHandover(Func<StoreState?> serving) : ILocalBlocks
{
    /// <inheritdoc/>
    public Action? BlockCut { get; set; }

    /// <inheritdoc/>
    public IReadOnlyList<LocalBlock> GetLocalBlocks() => [.. (serving()?.Blocks.All ?? []).OrderBy(static block => block.Meta.Tenant).Select(Describe)];

    /// <inheritdoc/>
    public IReadOnlyList<LocalBlock> GetLocalBlocks(TenantId tenant) => [.. (serving()?.Blocks.Of(tenant) ?? []).Select(Describe)];

    /// <inheritdoc/>
    public void MarkSettled(TenantId tenant, IReadOnlySet<BlockId> blocks)
    {
        foreach (LiveBlock block in serving()?.Blocks.Of(tenant) ?? [])
        {
            if (blocks.Contains(block.Meta.Id))
            {
                block.MarkSettled();
            }
        }
    }

    /// <inheritdoc/>
    public int Remove(TenantId tenant, IReadOnlySet<BlockId> blocks, IReadOnlySet<BlockId> unread)
    {
        if (serving() is not { } state)
        {
            return 0;
        }

        QueryRange[] times = [.. state.Blocks.Of(tenant).Where(block => unread.Contains(block.Meta.Id)).Select(static block => new QueryRange(block.Meta.MinTime, block.Meta.MaxTime))];
        int removed = state.Blocks.RemoveSettled(tenant, blocks);
        if (removed > 0)
        {
            state.Heads.Find(tenant)?.NoteLoss(times); // after they went: an answer that still has them is older than the note
        }

        return removed;
    }

    /// <summary>Tells who asked that there is a new block.</summary>
    public void Tell() => BlockCut?.Invoke();

    private static LocalBlock Describe(LiveBlock block) => new(block.Meta, block.Directory, block.IsSettled);
}
