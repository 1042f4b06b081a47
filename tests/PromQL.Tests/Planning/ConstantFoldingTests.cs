using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Planning.Optimising;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Planning;

public sealed class ConstantFoldingTests
{
    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("-(3)", "-3")]
    [InlineData("+(3)", "3")]
    [InlineData("-2 ^ 2", "-4")]
    [InlineData("7 % 0", "NaN")]
    [InlineData("1 / 0", "+Inf")]
    [InlineData("1 < bool 2", "1")]
    [InlineData("pi() * 2", "6.283185307179586")]
    [InlineData("max_of(1, 2) - min_of(1, 2)", "1")]
    [InlineData("scalar(vector(5))", "5")]
    [InlineData("m * (60 * 60)", "m * (3600)")]
    [InlineData("topk(2 + 3, m)", "topk(5, m)")]
    [InlineData("clamp_max(m, 5m / 2)", "clamp_max(m, 150)")]
    [InlineData("sum(rate(m[5m])) * (1 / 4)", "sum(rate(m[5m])) * (0.25)")]
    public void Rewrite_ConstantPart_IsANumber(string query, string expected) => Fold(query).ToString().ShouldBe(expected);

    [Theory]
    [InlineData("time() - time()")]
    [InlineData("start() + 0")]
    [InlineData("end() - range()")]
    [InlineData("step() * 2")]
    [InlineData("scalar(m) + 1")]
    [InlineData("vector(1) + vector(2)")]
    [InlineData("m + 0")]
    [InlineData("m * 1")]
    [InlineData("vector(1) * 0")]
    [InlineData("\"text\"")]
    [InlineData("m[5m]")]
    public void Rewrite_WhatDependsOnTimesOrData_Stays(string query)
    {
        Expr parsed = Parse(query);
        new ConstantFolding().Rewrite(parsed).ShouldBeSameAs(parsed);
    }

    [Theory]
    [InlineData("0 * -1")]
    [InlineData("-(0)")]
    [InlineData("0.1 + 0.2")]
    [InlineData("NaN + 1")]
    [InlineData("-NaN")]
    [InlineData("2 ^ 0.5 atan2 -0")]
    public async Task Fold_Value_HasTheBitsOfTheEvaluation(string query)
    {
        long[] bits = [.. (await Planned.BothAsync(new Testing.TestStorage(), QueryRequest.Instant(query, 0))).Select(static result =>
            BitConverter.DoubleToInt64Bits(result.Series[0].Values.Span[0]))];
        bits[0].ShouldBe(bits[1]);
    }

    [Fact]
    public void Rewrite_FoldedPart_KeepsItsPlace()
    {
        var folded = (BinaryExpr)Fold("  m * (1 + 2)");
        folded.Right.ShouldBeOfType<ParenExpr>().Inner.ShouldBeOfType<NumberLiteral>().Position.ShouldBe(new PositionRange(7, 12));
        folded.Position.ShouldBe(new PositionRange(2, 13));
    }

    private static Expr Fold(string query) => new ConstantFolding().Rewrite(Parse(query));

    private static Expr Parse(string query)
    {
        PromQLParser.TryParse(query, out Expr? expression, out _).ShouldBeTrue(query);
        return expression!;
    }
}
