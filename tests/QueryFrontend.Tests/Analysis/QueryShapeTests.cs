using RemoteStore.Model;
using RemoteStore.QueryFrontend.Analysis;
using Shouldly;
using Xunit;

namespace RemoteStore.QueryFrontend.Tests.Analysis;

public class QueryShapeTests
{
    private const long LookbackMs = 300_000;

    [Theory]
    [InlineData("x @ start()")]
    [InlineData("sum(rate(x[5m] @ end()))")]
    [InlineData("x * start()")]
    [InlineData("x - end()")]
    [InlineData("x / range()")]
    [InlineData("x * step()")]
    [InlineData("rate(x[step() * 2])")]
    [InlineData("x offset (1m + 1m)")]
    [InlineData("rate(x[range()])")]
    [InlineData("sum_over_time(x[5m:step()])")]
    [InlineData("topk(3, x)")]
    [InlineData("sum(bottomk(3, x))")]
    [InlineData("limitk(3, x)")]
    [InlineData("quantile(scalar(q), x)")]
    [InlineData("limit_ratio(scalar(q), x)")]
    [InlineData("info(x)")]
    [InlineData("max_over_time((x @ end())[1h:5m])")]
    [InlineData("histogram_count(sum(h))")]
    [InlineData("histogram_sum(avg_over_time(h[5m]))")]
    public void Of_ValueDependsOnOtherSteps_IsRangeBound(string query) => Shape(query).IsRangeBound.ShouldBeTrue();

    [Theory]
    [InlineData("sum by (a) (rate(x[5m]))")]
    [InlineData("x @ 1000 + x offset -5m")]
    [InlineData("quantile(0.9, x)")]
    [InlineData("limit_ratio(-0.5, x)")]
    [InlineData("count_values(\"v\", x)")]
    [InlineData("histogram_count(h)")]
    [InlineData("histogram_avg(sum(rate(h[5m])))")]
    [InlineData("sort(x)")]
    [InlineData("absent(x) or time() * vector(1)")]
    [InlineData("max_over_time(rate(x[1m])[1h:5m])")]
    public void Of_StepsAreIndependent_CanBeCut(string query) => Shape(query).CanBeCut.ShouldBeTrue();

    [Theory]
    [InlineData("1 + 1")]
    [InlineData("time()")]
    [InlineData("vector(1)")]
    public void Of_NoSamples_IsNotCut(string query) => Shape(query).CanBeCut.ShouldBeFalse();

    [Theory]
    [InlineData("x", -300, 0)]
    [InlineData("x offset 1m", -360, -60)]
    [InlineData("x offset -1m", -240, 60)]
    [InlineData("rate(x[1h])", -3600, 0)]
    [InlineData("rate(x[1h] offset -2h)", 3600, 7200)]
    [InlineData("rate(x[1h] anchored)", -3900, 0)]
    [InlineData("rate(x[1h] smoothed)", -3900, 300)]
    [InlineData("x smoothed", -300, 300)]
    [InlineData("max_over_time(x[1h:1m])", -3900, 0)]
    [InlineData("max_over_time((x offset 1h)[1h:1m] offset -3h)", 3300, 7200)]
    [InlineData("x + y offset -10m", -300, 600)]
    public void Of_Expression_ReachesAroundEachStep(string query, long minSeconds, long maxSeconds)
    {
        TimeReach reach = Shape(query).Reach;
        (reach.MinOffsetMs, reach.MaxOffsetMs).ShouldBe((minSeconds * 1000, maxSeconds * 1000));
        reach.HasTimes.ShouldBeFalse();
    }

    [Theory]
    [InlineData("x @ 10000", 9700, 10000)]
    [InlineData("rate(x[1h] @ 10000 offset 1m)", 6340, 9940)]
    [InlineData("max_over_time((x @ 10000)[1h:1m])", 9700, 10000)]
    [InlineData("max_over_time(x[1h:1m] @ 10000)", 6100, 10000)]
    [InlineData("x @ 5000 + x @ 10000", 4700, 10000)]
    public void Of_PinnedExpression_ReachesFixedTimes(string query, long minSeconds, long maxSeconds)
    {
        TimeReach reach = Shape(query).Reach;
        (reach.MinTimeMs, reach.MaxTimeMs).ShouldBe((minSeconds * 1000, maxSeconds * 1000));
        reach.HasOffsets.ShouldBeFalse();
    }

    [Fact]
    public void Samples_OffsetsAndTimes_CoversBoth() =>
        Shape("x + y @ 10").Reach.Samples(1_000_000, 2_000_000).ShouldBe(new QueryRange(-290_000, 2_000_000));

    [Fact]
    public void Reach_HugeOffsets_StopAtTheEndsOfTime()
    {
        TimeReach reach = new(long.MinValue, long.MaxValue, long.MaxValue, long.MinValue);

        reach.Samples(-5, 5).ShouldBe(new QueryRange(long.MinValue, long.MaxValue));
        reach.LengthMs.ShouldBe(long.MaxValue);
    }

    [Theory]
    [InlineData("sum by(a)(rate( x [5m]))", "sum by (a) (rate(x[5m]))")]
    public void Of_AnySpelling_TextIsCanonical(string query, string text) => Shape(query).Text.ShouldBe(text);

    [Fact]
    public void Of_FaultyQuery_IsNull() => QueryShape.Of("sum(", LookbackMs).ShouldBeNull();

    private static QueryShape Shape(string query) => QueryShape.Of(query, LookbackMs).ShouldNotBeNull();
}
