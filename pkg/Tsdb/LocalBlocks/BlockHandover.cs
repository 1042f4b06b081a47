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
    public IReadOnlyList<LocalBlock> GetLocalBlocks() =>
    [
        .. (serving()?.Blocks.All ?? []).OrderBy(static block => block.Meta.Tenant)
            .Select(static block => new LocalBlock(block.Meta, block.Directory, block.IsSettled)),
    ];

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
    public int Remove(TenantId tenant, IReadOnlySet<BlockId> blocks) => serving()?.Blocks.RemoveSettled(tenant, blocks) ?? 0;

    /// <summary>Tells who asked that there is a new block.</summary>
    public void Tell() => BlockCut?.Invoke();
}
