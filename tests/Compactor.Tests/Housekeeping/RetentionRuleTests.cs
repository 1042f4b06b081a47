using RemoteStore.Blocks.Format;
using RemoteStore.Compactor.Housekeeping;
using RemoteStore.Limits;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.Compactor.Tests.Housekeeping;

public sealed class RetentionRuleTests
{
    private const long HourMs = 3_600_000;

    private static readonly TenantRetention s_retention = new()
    {
        Raw = TimeSpan.FromHours(10),
        Downsampled = new Dictionary<long, TimeSpan> { [300_000] = TimeSpan.FromHours(20) },
    };

    [Fact]
    public void Expired_Forever_IsNothing() =>
        RetentionRule.Expired([BlockMaker.Meta(1)], TenantRetention.Forever, long.MaxValue / 2, rawNeedsSummary: false).ShouldBeEmpty();

    [Fact]
    public void Expired_WholeBlockPastItsResolutionsRetention()
    {
        BlockMeta raw = BlockMaker.Meta(1);
        BlockMeta coarse = BlockMaker.Meta(2, sources: [1], resolutionMs: 300_000);
        BlockMeta coarser = BlockMaker.Meta(3, sources: [1], resolutionMs: 3_600_000);
        BlockMeta[] blocks = [raw, coarse, coarser];

        Expired(blocks, 11).ShouldBeEmpty("its newest sample is less than ten hours old");
        Expired(blocks, 12).ShouldBe([raw]);
        Expired(blocks, 22).ShouldBe([raw, coarse]);
        Expired(blocks, 1000).ShouldBe([raw, coarse], "a resolution that is not named is kept");
    }

    [Fact]
    public void Expired_RawThatNeedsASummary_WaitsForIt()
    {
        BlockMeta raw = BlockMaker.Meta(9, level: 2, sources: [1, 2]);
        BlockMeta half = BlockMaker.Meta(3, sources: [1], resolutionMs: 3_600_000);
        BlockMeta rest = BlockMaker.Meta(4, sources: [2], resolutionMs: 300_000);

        RetentionRule.Expired([raw, half], s_retention, 15 * HourMs, rawNeedsSummary: true).ShouldBeEmpty();
        RetentionRule.Expired([raw, half, rest], s_retention, 15 * HourMs, rawNeedsSummary: true).ShouldBe([raw]);
    }

    private static BlockMeta[] Expired(BlockMeta[] blocks, int hours) =>
        [.. RetentionRule.Expired(blocks, s_retention, hours * HourMs, rawNeedsSummary: false)];
}
