using RemoteStore.Ruler.Scheduling;
using Shouldly;
using Xunit;

namespace RemoteStore.Ruler.Tests.Scheduling;

public sealed class RuleDependenciesTests
{
    [Fact]
    public void Steps_Chain_GoesFirstMiddleLast() =>
        Steps("a: raw", "b: raw2", "c: a + 1", "d: c * b", "alert X: d > 0", "alert Y: raw > 0").ShouldBe("0 1 5 | 2 | 3 | 4");

    [Fact]
    public void Steps_NoneReadsAnother_AreOne() => Steps("a: raw", "b: raw", "alert X: raw").ShouldBe("0 1 2");

    [Theory]
    [InlineData("{job=\"x\"}")]
    [InlineData("{__name__=~\"a.*\"}")]
    [InlineData("{__name__!=\"a\", job=\"x\"}")]
    [InlineData("ALERTS")]
    [InlineData("count(ALERTS_FOR_STATE)")]
    [InlineData("{__name__=~\"ALERTS|x\"}")]
    public void Steps_WhatIsReadCannotBeTold_AreInOrder(string query) => Steps("a: raw", $"b: {query}", "c: raw").ShouldBe("0 | 1 | 2");

    [Fact]
    public void Steps_NamesInAnExpression_Count() => Steps("a: raw", "b: {__name__=~\"a|x\"}", "c: raw").ShouldBe("0 2 | 1");

    [Fact]
    public void Steps_Subquery_IsLookedInto() => Steps("a: raw", "b: max_over_time(rate(a[5m])[1h:5m])").ShouldBe("0 | 1");

    [Fact]
    public void Steps_RuleReadsItself_IsAlone() => Steps("a: a + 1", "b: raw").ShouldBe("1 | 0");

    [Fact]
    public void Steps_NotConcurrent_AreInOrder() =>
        Format(RuleDependencies.Steps(RuleTexts.Group("a: raw", "b: raw").Rules, concurrent: false)).ShouldBe("0 | 1");

    private static string Steps(params string[] rules) => Format(RuleDependencies.Steps(RuleTexts.Group(rules).Rules, concurrent: true));

    private static string Format(IReadOnlyList<IReadOnlyList<int>> steps) => string.Join(" | ", steps.Select(static step => string.Join(' ', step)));
}
