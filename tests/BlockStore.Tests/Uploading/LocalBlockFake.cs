using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.Model;

namespace RemoteStore.BlockStore.Tests.Uploading;

/// <summary>Blocks in a directory, as a store has them; what is settled is forgotten with the object, as by a restart.</summary>
internal sealed class LocalBlockFake(string root) : ILocalBlocks
{
    private readonly HashSet<BlockId> _settled = [];

    public Action? BlockCut { get; set; }

    public IReadOnlyList<LocalBlock> GetLocalBlocks() =>
    [
        .. (Directory.Exists(root) ? Directory.GetDirectories(root) : []).SelectMany(static tenant => Directory.GetDirectories(tenant)).Order(StringComparer.Ordinal)
            .Select(directory => (Directory: directory, Meta: BlockMetaText.Parse(directory, File.ReadAllBytes(Path.Combine(directory, "meta.json")))))
            .Select(block => new LocalBlock(block.Meta, block.Directory, _settled.Contains(block.Meta.Id))),
    ];

    public IReadOnlyList<LocalBlock> GetLocalBlocks(TenantId tenant) => [.. GetLocalBlocks().Where(block => block.Meta.Tenant == tenant)];

    /// <summary>Blocks that went though readers of the bucket have no samples of them.</summary>
    public HashSet<BlockId> Unread { get; } = [];

    public void MarkSettled(TenantId tenant, IReadOnlySet<BlockId> blocks) => _settled.UnionWith(blocks);

    public int Remove(TenantId tenant, IReadOnlySet<BlockId> blocks, IReadOnlySet<BlockId> unread)
    {
        Unread.UnionWith(unread);
        int removed = 0;
        foreach (LocalBlock block in GetLocalBlocks().Where(block => block.IsSettled && block.Meta.Tenant == tenant && blocks.Contains(block.Meta.Id)))
        {
            Directory.Delete(block.Directory, recursive: true);
            removed++;
        }

        return removed;
    }
}
