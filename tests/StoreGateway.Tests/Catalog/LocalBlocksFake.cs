using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.Model;

namespace RemoteStore.StoreGateway.Tests.Catalog;

/// <summary>A local store that has blocks of one tenant.</summary>
internal sealed class LocalBlocksFake : ILocalBlocks
{
    public List<BlockMeta> Blocks { get; } = [];

    public Action? BlockCut { get; set; }

    public IReadOnlyList<LocalBlock> GetLocalBlocks() => [.. Blocks.Select(static meta => new LocalBlock(meta, "nowhere", IsSettled: false))];

    public IReadOnlyList<LocalBlock> GetLocalBlocks(TenantId tenant) => [.. GetLocalBlocks().Where(block => block.Meta.Tenant == tenant)];

    public void MarkSettled(TenantId tenant, IReadOnlySet<BlockId> blocks)
    {
        // Nobody asks.
    }

    public int Remove(TenantId tenant, IReadOnlySet<BlockId> blocks, IReadOnlySet<BlockId> unread) => Blocks.RemoveAll(meta => blocks.Contains(meta.Id));
}
