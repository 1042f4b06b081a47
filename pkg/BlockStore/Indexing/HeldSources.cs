using System.Collections.Immutable;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Marks;

namespace RemoteStore.BlockStore.Indexing;

/// <summary>Tells whether the samples of a block are in others, so that it may go.</summary>
public sealed class HeldSources
{
    private readonly BucketIndex _index;
    private readonly Dictionary<(long ResolutionMs, BlockId Source), List<BlockId>> _holders = [];

    /// <summary>Takes the blocks that may hold samples.</summary>
    /// <param name="index">The tenant's index.</param>
    /// <param name="holders">Sound blocks of it.</param>
    public HeldSources(BucketIndex index, IEnumerable<BlockMeta> holders)
    {
        ArgumentNullException.ThrowIfNull(index);
        ArgumentNullException.ThrowIfNull(holders);
        _index = index;
        foreach (BlockMeta holder in holders)
        {
            foreach (BlockId source in holder.SourceBlocks)
            {
                if (!_holders.TryGetValue((holder.ResolutionMs, source), out List<BlockId>? list))
                {
                    _holders[(holder.ResolutionMs, source)] = list = [];
                }

                list.Add(holder.Id);
            }
        }
    }

    /// <summary>True when other blocks of the same resolution hold all of its sources.</summary>
    public bool AreIn(BlockMeta block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return block.SourceBlocks.All(source => AreIn(block.ResolutionMs, source, block.Id));
    }

    /// <summary>True when raw blocks hold all sources of a block.</summary>
    public bool AreInRaw(BlockMeta block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return block.SourceBlocks.All(source => AreIn(0, source, block.Id));
    }

    /// <summary>True when nothing of a marked block is wanted: its mark says so, or those of all that took its place.</summary>
    public bool IsRetired(DeletionMark mark)
    {
        ArgumentNullException.ThrowIfNull(mark);
        return IsRetired(mark, []);
    }

    /// <param name="mark">The mark.</param>
    /// <param name="before">Blocks whose marks led here. Marks that name each other retire nothing.</param>
    private bool IsRetired(DeletionMark mark, ImmutableHashSet<BlockId> before)
    {
        ImmutableHashSet<BlockId> chain = before.Add(mark.Block);
        return mark.ReplacedBy.All(by => !chain.Contains(by) && _index.DeletionMarks.TryGetValue(by, out DeletionMark? next) && IsRetired(next, chain));
    }

    private bool AreIn(long resolutionMs, BlockId source, BlockId except) =>
        _holders.TryGetValue((resolutionMs, source), out List<BlockId>? list) && list.Exists(holder => holder != except);
}
