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
    private const long FiveMinutes = 300_000;

    private static readonly TenantRetention s_retention = new()
    {
        Raw = TimeSpan.FromHours(10),
        Downsampled = new Dictionary<long, TimeSpan> { [FiveMinutes] = TimeSpan.FromHours(20) },
    };

    private static readonly TenantRetention s_downsampled = s_retention with { Made = [FiveMinutes, HourMs] };

    [Fact]
    public void Expired_Forever_IsNothing() =>
        new RetentionRule(TenantRetention.Forever, [], long.MaxValue / 2).IsExpired(BlockMaker.Meta(1)).ShouldBeFalse();

    [Fact]
    public void Expired_WholeBlockPastItsResolutionsRetention()
    {
        BlockMeta raw = BlockMaker.Meta(1);
        BlockMeta coarse = BlockMaker.Meta(2, sources: [1], resolutionMs: FiveMinutes);
        BlockMeta coarser = BlockMaker.Meta(3, sources: [1], resolutionMs: HourMs);
        BlockMeta[] blocks = [raw, coarse, coarser];

        Expired(s_retention, 11, blocks).ShouldBeEmpty("its newest sample is less than ten hours old");
        Expired(s_retention, 12, blocks).ShouldBe([raw]);
        Expired(s_retention, 22, blocks).ShouldBe([raw, coarse]);
        Expired(s_retention, 1000, blocks).ShouldBe([raw, coarse], "a resolution that is not named is kept");
        Expired(s_downsampled, 22, blocks).ShouldBe([raw, coarse], "everything is made");
    }

    [Fact]
    public void Expired_Samples_WaitForTheWindowsOfThem()
    {
        BlockMeta raw = BlockMaker.Meta(9, level: 2, sources: [1, 2]);
        BlockMeta half = BlockMaker.Meta(3, sources: [1], resolutionMs: FiveMinutes);
        BlockMeta rest = BlockMaker.Meta(4, sources: [2], resolutionMs: FiveMinutes);

        Expired(s_downsampled, 15, raw).ShouldBeEmpty();
        Expired(s_downsampled, 15, raw, half).ShouldBeEmpty();
        Expired(s_downsampled, 15, raw, half, rest).ShouldBe([raw], "the coarser ones are made of these");
    }

    [Fact]
    public void Expired_Windows_WaitForTheCoarserOnesOfThem()
    {
        BlockMeta fine = BlockMaker.Meta(2, sources: [1], resolutionMs: FiveMinutes);

        Expired(s_downsampled, 100, fine).ShouldBeEmpty();
        Expired(s_downsampled, 100, fine, BlockMaker.Meta(3, sources: [1], resolutionMs: HourMs)).ShouldBe([fine]);
        Expired(s_downsampled with { Made = [FiveMinutes] }, 100, fine).ShouldBe([fine], "none are to be made");
    }

    [Fact]
    public void Expired_WindowsThatWouldBePastTheirOwnRetention_AreNotWaitedFor()
    {
        TenantRetention all = s_downsampled with { Downsampled = new Dictionary<long, TimeSpan> { [FiveMinutes] = TimeSpan.FromHours(5), [HourMs] = TimeSpan.FromHours(20) } };
        BlockMeta raw = BlockMaker.Meta(1);

        Expired(all, 21, raw).ShouldBeEmpty("windows of an hour are still wanted, and made of samples where there are no finer ones");
        Expired(all, 22, raw).ShouldBe([raw]);
    }

    [Fact]
    public void Expired_WindowsNotMadeOfTheFinerOnes_NeedSamples()
    {
        TenantRetention odd = s_downsampled with { Made = [FiveMinutes, 12 * 60_000] }; // no multiple
        BlockMeta raw = BlockMaker.Meta(1);
        BlockMeta fine = BlockMaker.Meta(2, sources: [1], resolutionMs: FiveMinutes);
        BlockMeta twelve = BlockMaker.Meta(3, sources: [1], resolutionMs: 12 * 60_000);

        Expired(odd, 15, raw, fine).ShouldBeEmpty();
        Expired(odd, 15, raw, fine, twelve).ShouldBe([raw]);
        Expired(odd, 100, fine).ShouldBe([fine]);
    }

    private static BlockMeta[] Expired(TenantRetention retention, int hours, params BlockMeta[] blocks)
    {
        var rule = new RetentionRule(retention, blocks, hours * HourMs);
        return [.. blocks.Where(rule.IsExpired)];
    }
}
