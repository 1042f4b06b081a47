using CsCheck;
using RemoteStore.Model;
using RemoteStore.Ruler.Scheduling;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Scheduling;

public sealed class GroupSlotsTests
{
    private static readonly GroupKey s_key = new(RuleOrigin.File, "f", "g");

    [Fact]
    public void After_AnyTime_IsTheFirstOfASeriesThatDoesNotDependOnIt() =>
        Gen.Select(Gen.Long[1, 10_000_000], Gen.Long[-1_000_000_000_000, 4_000_000_000_000], Gen.Long[-1_000_000_000_000, 4_000_000_000_000]).Sample(
            static (intervalMs, a, b) =>
            {
                var slots = new GroupSlots(TenantId.Anonymous, s_key, TimeSpan.FromMilliseconds(intervalMs));

                slots.After(a).ShouldBeInRange(a + 1, a + intervalMs);
                ((slots.After(a) - slots.After(b)) % intervalMs).ShouldBe(0);
            });

    [Fact]
    public void After_ManyGroups_SpreadOverTheInterval()
    {
        long[] offsets = [.. Enumerable.Range(0, 1000).Select(static i =>
            new GroupSlots(TenantId.Anonymous, new GroupKey(RuleOrigin.File, "f", $"g{i}"), TimeSpan.FromMinutes(1)).After(0))];

        for (int tenth = 0; tenth < 10; tenth++)
        {
            offsets.Count(offset => offset > tenth * 6000 && offset <= (tenth + 1) * 6000).ShouldBeInRange(60, 140);
        }
    }

    [Theory]
    [InlineData(1_000, 1_500, 2_000, 0)]
    [InlineData(1_000, 2_000, 2_000, 0)]
    [InlineData(1_000, 2_999, 2_000, 0)]
    [InlineData(1_000, 3_000, 3_000, 1)]
    [InlineData(1_000, 5_500, 5_000, 3)]
    public void Next_EvaluationTookSoLong_CountsTimesThatPassed(long last, long now, long next, long missed)
    {
        var slots = new GroupSlots(TenantId.Anonymous, s_key, TimeSpan.FromSeconds(1));

        slots.Next(last, now, out long counted).ShouldBe(next);
        counted.ShouldBe(missed);
    }

    [Fact]
    public void Next_ClockWasSetBack_BeginsAnew()
    {
        var slots = new GroupSlots(TenantId.Anonymous, s_key, TimeSpan.FromSeconds(1));

        slots.Next(1_000_000, 5_000, out long missed).ShouldBe(slots.After(5_000));
        missed.ShouldBe(0);
    }
}
