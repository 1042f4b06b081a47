using RemoteStore.Blocks.Format;

namespace RemoteStore.Compactor.Planning;

/// <summary>Finds blocks whose samples another block holds: what a compaction leaves behind until they are marked.</summary>
public static class Supersession
{
    /// <summary>The superseded among the blocks, each with one that supersedes it and is not superseded itself.</summary>
    public static IReadOnlyDictionary<BlockId, BlockMeta> Find(IReadOnlyCollection<BlockMeta> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        var holders = new Dictionary<BlockId, List<BlockMeta>>(); // who holds a cut block
        foreach (BlockMeta block in blocks)
        {
            foreach (BlockId source in block.SourceBlocks)
            {
                if (!holders.TryGetValue(source, out List<BlockMeta>? list))
                {
                    holders[source] = list = [];
                }

                list.Add(block);
            }
        }

        var superseded = new Dictionary<BlockId, BlockMeta>();
        foreach (BlockMeta block in blocks)
        {
            // Whoever supersedes it holds each of its sources, so it is among the holders of any of them.
            BlockMeta? by = holders[block.SourceBlocks.First()].Where(other => other.Supersedes(block))
                .MaxBy(static other => (other.SourceBlocks.Count(), other.Level, other.Id));
            if (by is not null)
            {
                superseded[block.Id] = by;
            }
        }

        return superseded;
    }
}
