using RemoteStore.PromQL.Planning;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Planning;

public sealed class SharedExpressionsTests
{
    [Theory]
    [InlineData("m + m", 1)]
    [InlineData("rate(m[5m]) / rate(m[5m])", 1)]
    [InlineData("rate(m[5m]) / (rate(m[5m]))", 1)]
    [InlineData("sum(m) / count(m)", 1)]
    [InlineData("m{a=\"1\",b=\"2\"} + m{b=\"2\",a=\"1\"}", 1)]
    [InlineData("{__name__=\"m\"} + m", 1)]
    [InlineData("sum(a) + sum(a) + b + b", 2)]
    [InlineData("max_over_time(m[1h:5m]) - min_over_time(m[1h:5m])", 1)]
    [InlineData("m @ 10 + abs(m @ 10)", 1)]
    [InlineData("rate(m[5m]) + increase(m[5m])", 1)]
    [InlineData("avg_over_time(m[5m]) - m / stddev_over_time(m[5m]) > m", 2)]
    [InlineData("histogram_sum(m) / histogram_count(m)", 1)]
    [InlineData("topk(scalar(sum(m)), m) > scalar(sum(m))", 2)]
    [InlineData("histogram_quantile(0.5, m) + histogram_quantile(0.9, m)", 1)]
    public void Of_PartThatStandsTwice_IsShared(string query, int expected) => Count(query).ShouldBe(expected);

    [Theory]
    [InlineData("m")]
    [InlineData("a + b")]
    [InlineData("m + m offset 5m")]
    [InlineData("m + m @ 10")]
    [InlineData("m @ start() + m @ end()")]
    [InlineData("rate(m[5m]) + rate(m[6m])")]
    [InlineData("rate(m[5m]) + increase(m[5m] offset 1m)")]
    [InlineData("rate(m[5m]) + increase(m[5m] @ 10)")]
    [InlineData("rate(m[5m] anchored) + increase(m[5m])")]
    [InlineData("max_over_time(rate(m[5m])[1h:1m]) + increase(m[5m])")]
    [InlineData("histogram_count(rate(m[5m])) + histogram_quantile(0.5, increase(m[5m]))")]
    [InlineData("abs(m{a=\"1\"}) + m{a=~\"1\"}")]
    [InlineData("sum by (a) (m) + on (a) sum by (a, b) (n)")]
    [InlineData("topk(1, m) or topk(2, n)")]
    [InlineData("m + max_over_time(m[1h:5m])")] // other steps
    [InlineData("max_over_time(m[1h:5m]) - min_over_time(m[1h:1m])")]
    [InlineData("max_over_time(m[1h:5m]) - min_over_time(m[1h:5m] offset 1h)")]
    [InlineData("max_over_time(m[1h:5m]) - min_over_time(m[1h:5m] @ 10)")]
    [InlineData("histogram_count(m) and m")] // one looks at count and sum only, where resets are found otherwise
    [InlineData("timestamp(m) - timestamp(n)")]
    [InlineData("timestamp(m) - m")] // times, not values
    [InlineData("vector(1) + vector(1)")]
    [InlineData("1 + 1")]
    [InlineData("histogram_quantile(0.5, vector(1)) + histogram_quantile(0.5, vector(1))")] // tells how many samples it was about
    public void Of_PartsThatDiffer_AreNotShared(string query) => Count(query).ShouldBe(0);

    [Fact]
    public void Find_Occurrence_GivesTheFirst()
    {
        var prepared = PreparedQuery.Of("sum(a) / (b - (sum(a)))", optimise: true);
        var root = (Parser.Syntax.BinaryExpr)prepared.Root;
        var difference = (Parser.Syntax.BinaryExpr)Planner.Unwrap(root.Right);
        SharedExpression first = prepared.Shared.Find(root.Left).ShouldNotBeNull();
        first.First.ShouldBeSameAs(root.Left);
        first.Occurrences.ShouldBe(2);
        prepared.Shared.Find(Planner.Unwrap(difference.Right)).ShouldBeSameAs(first);
        prepared.Shared.Find(difference.Left).ShouldBeNull();
    }

    [Fact]
    public void Of_NotOptimised_SharesNothing() => PreparedQuery.Of("m + m", optimise: false).Shared.Count.ShouldBe(0);

    private static int Count(string query) => PreparedQuery.Of(query, optimise: true).Shared.Count;
}
