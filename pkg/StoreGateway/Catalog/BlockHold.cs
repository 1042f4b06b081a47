using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Local;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Storage.Querying;
using RemoteStore.StoreGateway.Planning;

namespace RemoteStore.StoreGateway.Catalog;

/// <summary>
/// The blocks that one view of a range reads: those that add something to what the local store holds. Holds a share of each, so that they stay open when the
/// bucket index drops them.
/// </summary>
internal sealed class BlockHold : IDisposable
{
    private readonly List<(GatewayBlock Block, BlockReader Reader)> _blocks;

    private BlockHold(
        TenantBlocks tenant, List<(GatewayBlock Block, BlockReader Reader)> blocks, IReadOnlyList<TierBlock> tiers, IReadOnlyList<QueryRange> rawOnly,
        IReadOnlySet<int> rawSources, RetentionFloors floors)
    {
        Tenant = tenant;
        Floors = floors;
        _blocks = blocks;
        Tiers = tiers;
        RawOnly = rawOnly;
        RawSources = rawSources;
    }

    /// <summary>What the blocks were taken from.</summary>
    public TenantBlocks Tenant { get; }

    /// <summary>What retention leaves of the blocks.</summary>
    public RetentionFloors Floors { get; }

    /// <summary>The blocks as the choice of tiers sees them: as far as they are not past their retention.</summary>
    public IReadOnlyList<TierBlock> Tiers { get; }

    /// <summary>Times of samples that the local store holds, and a coarse block perhaps as well.</summary>
    public IReadOnlyList<QueryRange> RawOnly { get; }

    /// <summary>Cut blocks whose samples are to be had as received, by the numbers of <see cref="TierBlock.Sources"/>.</summary>
    public IReadOnlySet<int> RawSources { get; }

    /// <summary>Blocks that were set aside and that no block stands in for, as far as their samples are not past their retention.</summary>
    public IEnumerable<MissingData> Broken => BrokenOf(Tenant, Floors);

    /// <summary>The same before anything is taken hold of.</summary>
    public static IEnumerable<MissingData> BrokenOf(TenantBlocks tenant, RetentionFloors floors)
    {
        long floor = tenant.Tiers.Select(static block => block.ResolutionMs).Append(0).Distinct().Min(floors.Of);
        return tenant.Broken.Where(gap => gap.Range.MaxTime >= floor);
    }

    /// <summary>A block by its number in <see cref="Tiers"/>.</summary>
    public (GatewayBlock Block, BlockReader Reader) this[int number] => _blocks[number];

    /// <summary>True when a block has to be read beside what the local store holds.</summary>
    public static bool IsAny(TenantBlocks tenant, QueryRange range, LocalHoldings held, RetentionFloors floors) => NumbersOf(tenant, range, held, floors).Any();

    /// <summary>Takes shares of the blocks; null when one of them is not served any more, so that there are newer <see cref="TenantBlocks"/>.</summary>
    /// <param name="tenant">All blocks.</param>
    /// <param name="range">What is read.</param>
    /// <param name="held">What the local store holds.</param>
    /// <param name="floors">What retention leaves.</param>
    public static BlockHold? TryTake(TenantBlocks tenant, QueryRange range, LocalHoldings held, RetentionFloors floors)
    {
        var blocks = new List<(GatewayBlock Block, BlockReader Reader)>();
        var tiers = new List<TierBlock>();
        foreach (int number in NumbersOf(tenant, range, held, floors))
        {
            if (!tenant.Blocks[number].TryRetain(out BlockReader reader))
            {
                Release(blocks);
                return null;
            }

            blocks.Add((tenant.Blocks[number], reader));
            tiers.Add(tenant.Tiers[number].From(floors.Of(tenant.Tiers[number].ResolutionMs)));
        }

        return new BlockHold(tenant, blocks, tiers, RawOnlyOf(tenant, range, held, floors), tenant.RawSources(held.Blocks), floors);
    }

    /// <inheritdoc/>
    public void Dispose() => Release(_blocks);

    private static IEnumerable<int> NumbersOf(TenantBlocks tenant, QueryRange range, LocalHoldings held, RetentionFloors floors)
    {
        for (int i = 0; i < tenant.Blocks.Count; i++)
        {
            GatewayBlock block = tenant.Blocks[i];
            long resolution = block.Meta.ResolutionMs;
            if (block.Meta.MaxTime >= floors.Of(resolution) && Widen(range, resolution).Overlaps(block.Meta.MinTime, block.Meta.MaxTime)
                && !IsHeld(block, held, floors))
            {
                yield return i;
            }
        }
    }

    /// <summary>True when the local view has all samples of a block. It does not show those past the retention of samples, of which there may be windows here.</summary>
    private static bool IsHeld(GatewayBlock block, LocalHoldings held, RetentionFloors floors) =>
        block.Sources.All(held.Blocks.Contains) && (block.Meta.ResolutionMs == 0 || block.Meta.MinTime >= floors.RawMs);

    /// <summary>Unsettled times, and those of local blocks that a coarse block here may hold together with others.</summary>
    private static IReadOnlyList<QueryRange> RawOnlyOf(TenantBlocks tenant, QueryRange range, LocalHoldings held, RetentionFloors floors) =>
        LocalHoldings.Join(
            held.Unsettled.Concat(held.Blocks.SelectMany(tenant.TimesOf)),
            range with { MinTime = Math.Max(range.MinTime, floors.RawMs) });

    /// <summary>Windows reach past the ends of what is wanted.</summary>
    private static QueryRange Widen(QueryRange range, long resolutionMs) => new(
        range.MinTime < long.MinValue + resolutionMs ? long.MinValue : range.MinTime - resolutionMs,
        range.MaxTime > long.MaxValue - resolutionMs ? long.MaxValue : range.MaxTime + resolutionMs);

    private static void Release(List<(GatewayBlock Block, BlockReader Reader)> blocks)
    {
        foreach ((_, BlockReader reader) in blocks)
        {
            reader.Release();
        }

        blocks.Clear();
    }
}
