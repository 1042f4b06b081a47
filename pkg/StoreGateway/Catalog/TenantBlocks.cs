using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Model;
using RemoteStore.Storage.Querying;
using RemoteStore.StoreGateway.Planning;

namespace RemoteStore.StoreGateway.Catalog;

/// <summary>What a bucket index gives queries: the blocks that none other stands in for, and what is missing. Immutable.</summary>
internal sealed class TenantBlocks
{
    private readonly Dictionary<BlockId, int> _numbers = []; // of cut blocks, as TierBlock.Sources has them
    private readonly HashSet<int> _rawSources;

    private TenantBlocks(BucketIndex listed, BucketIndex index, IReadOnlyList<GatewayBlock> blocks)
    {
        Listed = listed;
        Index = index;
        Blocks = blocks;
        Tiers = ToTiers(blocks, _numbers);
        _rawSources = [.. Tiers.Where(static block => block.ResolutionMs == 0).SelectMany(static block => block.Sources)];
        Broken = [.. index.BrokenMarks.Values.Where(IsMissed).OrderBy(static mark => mark.Block).Select(ToGap)];
    }

    /// <summary>The index as the bucket has it.</summary>
    public BucketIndex Listed { get; }

    /// <summary>The same with marks of blocks that turned out damaged here.</summary>
    public BucketIndex Index { get; }

    /// <summary>Blocks, ascending by id.</summary>
    public IReadOnlyList<GatewayBlock> Blocks { get; }

    /// <summary>The same as the choice of tiers sees them.</summary>
    public IReadOnlyList<TierBlock> Tiers { get; }

    /// <summary>Blocks that were set aside and that no block stands in for.</summary>
    public IReadOnlyList<MissingData> Broken { get; }

    /// <summary>True when the samples of a cut block are in one of the blocks as they were received.</summary>
    public bool HasSamples(BlockId cut) => _numbers.TryGetValue(cut, out int number) && _rawSources.Contains(number);

    /// <summary>Cut blocks whose samples are to be had as received.</summary>
    /// <param name="local">Those that the local store has.</param>
    public IReadOnlySet<int> RawSources(IReadOnlySet<BlockId> local)
    {
        HashSet<int> sources = _rawSources;
        foreach (BlockId id in local)
        {
            if (_numbers.TryGetValue(id, out int number) && !sources.Contains(number))
            {
                sources = sources == _rawSources ? [.. _rawSources] : sources; // each query asks, and seldom anything is added
                _ = sources.Add(number);
            }
        }

        return sources;
    }

    /// <summary>Times of a cut block's samples, or of the blocks that hold them together with others.</summary>
    public IEnumerable<QueryRange> TimesOf(BlockId cut) => Index.Find(cut) is { } listed
        ? [new(listed.Meta.MinTime, listed.Meta.MaxTime)]
        : _numbers.TryGetValue(cut, out int number)
            ? Tiers.Where(block => block.Sources.Contains(number)).Select(static block => new QueryRange(block.MinTime, block.MaxTime))
            : [];

    /// <summary>Reads an index.</summary>
    /// <param name="listed">The index as the bucket has it.</param>
    /// <param name="index">The same with marks of blocks that turned out damaged here.</param>
    /// <param name="former">What was served before: its blocks stay open.</param>
    /// <param name="open">Makes a block.</param>
    public static TenantBlocks Of(BucketIndex listed, BucketIndex index, TenantBlocks? former, Func<BlockMeta, GatewayBlock> open)
    {
        if (index.IsTenantDeleted)
        {
            return new(listed, index, []);
        }

        Dictionary<BlockId, GatewayBlock> known = former?.Blocks.ToDictionary(static block => block.Id) ?? [];
        GatewayBlock[] readable =
        [
            .. index.Readable.Where(static block => !block.Meta.IsEmpty).Select(block => known.GetValueOrDefault(block.Id) ?? open(block.Meta)),
        ];
        ILookup<BlockId, GatewayBlock> bySource = readable
            .SelectMany(static block => block.Sources, static (block, source) => (block, source))
            .ToLookup(static pair => pair.source, static pair => pair.block);

        // Who supersedes a block has all of its sources, so also the first.
        return new(listed, index, [.. readable.Where(block => !bySource[block.Sources[0]].Any(other => other.Meta.Supersedes(block.Meta)))]);
    }

    private static TierBlock[] ToTiers(IReadOnlyList<GatewayBlock> blocks, Dictionary<BlockId, int> numbers)
    {
        return
        [
            .. blocks.Select(block => new TierBlock(
                block.Meta.Range, block.Meta.MinTime, block.Meta.MaxTime, block.Meta.ResolutionMs, [.. block.Sources.Select(NumberOf)])),
        ];

        int NumberOf(BlockId source)
        {
            if (!numbers.TryGetValue(source, out int number))
            {
                numbers[source] = number = numbers.Count;
            }

            return number;
        }
    }

    private static MissingData ToGap(BrokenMark mark) => new(mark.Range, $"block {mark.Block}", $"it was damaged and is set aside: {mark.Reason}");

    /// <summary>False when other blocks have the samples of a broken one, or those that its windows were made of.</summary>
    private bool IsMissed(BrokenMark mark) =>
        Index.Find(mark.Block) is not { } broken
        || (!broken.Meta.IsEmpty && !Blocks.Any(block => block.Meta.Supersedes(broken.Meta)) && !broken.Meta.SourceBlocks.All(HasSamples));
}
