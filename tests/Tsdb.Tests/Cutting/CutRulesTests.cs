using RemoteStore.Blocks.Merging;
using RemoteStore.Tsdb.Cutting;
using RemoteStore.Tsdb.Heads;
using Shouldly;
using Xunit;

namespace RemoteStore.Tsdb.Tests.Cutting;

public sealed class CutRulesTests
{
    private const long Hour = 3_600_000;
    private const long Day = 20_000 * 24 * Hour;

    private readonly CutRules _rules = new(new TsdbOptions { DataDirectory = "unused" }, TimeRanges.Default);

    [Theory]
    [InlineData((4 * Hour) - 1, 0)]
    [InlineData(4 * Hour, 2)]
    [InlineData((6 * Hour) - 1, 2)]
    [InlineData(6 * Hour, 4)]
    public void OverBefore_BusyTenant_FollowsItsNewestSample(long newest, long hours) =>
        OverBefore(newest, lastFlush: 20 * Hour, now: 20 * Hour).ShouldBe(Day + (hours * Hour));

    [Theory]
    [InlineData(599_999, 0)]
    [InlineData(600_000, 18)]
    public void OverBefore_IdleTenant_FollowsTheClock(long idleMs, long hours) =>
        OverBefore(newest: 2 * Hour, lastFlush: (20 * Hour) - idleMs, now: 20 * Hour).ShouldBe(Day + (hours * Hour));

    [Fact]
    public void OverBefore_Ended_IsTheRangeOfNow() =>
        OverBefore(newest: 0, lastFlush: 0, now: (21 * Hour) + 5, CutScope.Ended).ShouldBe(Day + (20 * Hour));

    [Fact]
    public void OverBefore_NothingStored_IsBeforeAllTime()
    {
        var ages = new DataAges();
        ages.Note(long.MinValue, Day);

        _rules.OverBefore(ages, DateTimeOffset.FromUnixTimeMilliseconds(Day), CutScope.Over).ShouldBe(long.MinValue);
    }

    [Fact]
    public void IsRipe_LittleAndYoung_Waits()
    {
        DateTimeOffset now = DateTimeOffset.FromUnixTimeMilliseconds(Day);

        _rules.IsRipe(1000, Day - 1000, now, CutScope.Ripe).ShouldBeFalse();
        _rules.IsRipe(8 << 20, Day - 1000, now, CutScope.Ripe).ShouldBeTrue();
        _rules.IsRipe(1000, Day - 600_000, now, CutScope.Ripe).ShouldBeTrue();
        _rules.IsRipe(1000, Day - 1000, now, CutScope.Over).ShouldBeTrue();
    }

    private long OverBefore(long newest, long lastFlush, long now, CutScope scope = CutScope.Ripe)
    {
        var ages = new DataAges();
        ages.Note(Day + newest, Day + lastFlush);
        return _rules.OverBefore(ages, DateTimeOffset.FromUnixTimeMilliseconds(Day + now), scope);
    }
}
