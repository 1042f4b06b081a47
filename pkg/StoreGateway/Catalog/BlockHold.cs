using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Local;
using RemoteStore.Model;
using RemoteStore.StoreGateway.Planning;

namespace RemoteStore.StoreGateway.Catalog;

/// <summary>
/// The blocks that one view of a range reads: those that add something to what the local store holds. Holds a share of each, so that they stay open when the
/// bucket index drops them.
/// </summary>
internal sealed class BlockHold : IDisposable
{
    private readonly List<(GatewayBlock Block, BlockReader Reader)> _blocks;

    private BlockHold(TenantBlocks tenant, List<(GatewayBlock Block, BlockReader Reader)> blocks, IReadOnlyList<TierBlock> tiers, IReadOnlyList<QueryRange> rawOnly, IReadOnlySet<int> rawSources)
    {
        Tenant = tenant;
        _blocks = blocks;
        Tiers = tiers;
        RawOnly = rawOnly;
        RawSources = rawSources;
    }

    /// <summary>What the blocks were taken from.</summary>
    public TenantBlocks Tenant { get; }

    /// <summary>The blocks as the choice of tiers sees them.</summary>
    public IReadOnlyList<TierBlock> Tiers { get; }

    /// <summary>Times of samples that the local store holds, and a coarse block perhaps as well.</summary>
    public IReadOnlyList<QueryRange> RawOnly { get; }

    /// <summary>Cut blocks whose samples are to be had as received, by the numbers of <see cref="TierBlock.Sources"/>.</summary>
    public IReadOnlySet<int> RawSources { get; }

    /// <summary>A block by its number in <see cref="Tiers"/>.</summary>
    public (GatewayBlock Block, BlockReader Reader) this[int number] => _blocks[number];

    /// <summary>True when a block has to be read beside what the local store holds.</summary>
    public static bool IsAny(TenantBlocks tenant, QueryRange range, LocalHoldings held) => NumbersOf(tenant, range, held).Any();

    /// <summary>Takes shares of the blocks; null when one of them is not served any more, so that there are newer <see cref="TenantBlocks"/>.</summary>
    /// <param name="tenant">All blocks.</param>
    /// <param name="range">What is read.</param>
    /// <param name="held">What the local store holds.</param>
    public static BlockHold? TryTake(TenantBlocks tenant, QueryRange range, LocalHoldings held)
    {
        var blocks = new List<(GatewayBlock Block, BlockReader Reader)>();
        var tiers = new List<TierBlock>();
        foreach (int number in NumbersOf(tenant, range, held))
        {
            if (!tenant.Blocks[number].TryRetain(out BlockReader reader))
            {
                Release(blocks);
                return null;
            }

            blocks.Add((tenant.Blocks[number], reader));
            tiers.Add(tenant.Tiers[number]);
        }

        return new BlockHold(tenant, blocks, tiers, RawOnlyOf(tenant, range, held), tenant.RawSources(held.Blocks));
    }

    /// <inheritdoc/>
    public void Dispose() => Release(_blocks);

    private static IEnumerable<int> NumbersOf(TenantBlocks tenant, QueryRange range, LocalHoldings held)
    {
        for (int i = 0; i < tenant.Blocks.Count; i++)
        {
            GatewayBlock block = tenant.Blocks[i];
            if (Widen(range, block.Meta.ResolutionMs).Overlaps(block.Meta.MinTime, block.Meta.MaxTime) && !block.Sources.All(held.Blocks.Contains))
            {
                yield return i;
            }
        }
    }

    /// <summary>Unsettled times, and those of local blocks that a coarse block here may hold together with others.</summary>
    private static IReadOnlyList<QueryRange> RawOnlyOf(TenantBlocks tenant, QueryRange range, LocalHoldings held) =>
        LocalHoldings.Join(
            held.Unsettled.Concat(held.Blocks.SelectMany(tenant.TimesOf)),
            range);

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
