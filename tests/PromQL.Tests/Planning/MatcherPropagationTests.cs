using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Planning.Optimising;
using Shouldly;
using Xunit;

namespace RemoteStore.PromQL.Tests.Planning;

public sealed class MatcherPropagationTests
{
    [Theory]
    [InlineData("a{x=\"1\"} + b", "a{x=\"1\"} + b{x=\"1\"}")]
    [InlineData("a + b{x=\"1\"}", "a{x=\"1\"} + b{x=\"1\"}")]
    [InlineData("a{x=\"1\"} > b{y!~\"2.*\"}", "a{x=\"1\",y!~\"2.*\"} > b{x=\"1\",y!~\"2.*\"}")]
    [InlineData("a{x=\"\"} == b", "a{x=\"\"} == b{x=\"\"}")]
    [InlineData("a{x=\"1\"} and b", "a{x=\"1\"} and b{x=\"1\"}")]
    [InlineData("a and on (x) b{x=\"1\",y=\"2\"}", "a{x=\"1\"} and on (x) b{x=\"1\",y=\"2\"}")]
    [InlineData("a{x=\"1\",y=\"2\"} and ignoring (y) b", "a{x=\"1\",y=\"2\"} and ignoring (y) b{x=\"1\"}")]
    [InlineData("a{x=\"1\"} unless on (x) b{x!=\"3\"}", "a{x=\"1\"} unless on (x) b{x!=\"3\",x=\"1\"}")]
    [InlineData("a{x=\"1\"} * on (x) group_left count by (x) (b)", "a{x=\"1\"} * on (x) group_left () count by (x) (b{x=\"1\"})")]
    [InlineData("group by (x) (b) * on (x) group_right a{x=\"1\"}", "group by (x) (b{x=\"1\"}) * on (x) group_right () a{x=\"1\"}")]
    [InlineData("last_over_time(a{x=\"1\"}[5m]) - b offset 5m", "last_over_time(a{x=\"1\"}[5m]) - b{x=\"1\"} offset 5m")]
    [InlineData("count(a{x=\"1\"} and b)", "count(a{x=\"1\"} and b{x=\"1\"})")]
    public void Rewrite_LabelThatIsCompared_IsMatchedOnBothSides(string query, string expected) => Text(query).ShouldBe(Printed(expected));

    [Theory]
    [InlineData("a{x=\"1\"} or b")] // series of either side stand alone
    [InlineData("a unless b{x=\"1\"}")] // what has no match stays
    [InlineData("a{x=\"1\"} + fill (0) b")]
    [InlineData("a{x=\"1\"} + fill_left (0) b")]
    [InlineData("a{x=\"1\"} + fill_right (0) b")]
    [InlineData("a{x=\"1\"} + on (x) b")] // b may have two series that are the same to the matching, an error wherever they are
    [InlineData("a{x=\"1\"} + ignoring (y) b")]
    [InlineData("a{x=\"1\"} * on (x) group_left (y) b")]
    [InlineData("a{x=\"1\"} * on (x) group_left count by (x, y) (b)")]
    [InlineData("b * on (x) group_right a{x=\"1\"}")]
    [InlineData("a{x=\"1\"} + {__name__=~\"b|c\"}")] // two names make two series that are the same
    [InlineData("a{x=\"1\"} + on (y) count by (y) (b)")] // x is not compared
    [InlineData("a{x=\"1\"} and ignoring (x) b")]
    [InlineData("count by (y) (a{x=\"1\"}) and on (y) b")] // x is gone
    [InlineData("count without (x) (a{x=\"1\"}) and b")]
    [InlineData("count(a{x=\"1\"}) and on (x) b")]
    [InlineData("{__name__=\"a\"} and on (__name__) b")] // names are a matter of their own
    [InlineData("a{__type__=\"counter\"} and b")]
    [InlineData("a{x=\"1\"} / sum by (x) (b)")] // sums of histograms may warn
    [InlineData("a{x=\"1\"} / rate(b[5m])")] // rates tell what is no counter
    [InlineData("rate(a{x=\"1\"}[5m]) / b")]
    [InlineData("a{x=\"1\"} and (b + c)")]
    [InlineData("a{x=\"1\"} and label_replace(b, \"x\", \"1\", \"y\", \"2\")")]
    [InlineData("a{x=\"1\"} and absent(b)")]
    [InlineData("a{x=\"1\"} and topk(1, b)")]
    [InlineData("a{x=\"1\"} and last_over_time(b[5m:1m])")]
    [InlineData("a{x=\"1\"} and b smoothed")]
    [InlineData("a{x=\"1\"} and vector(1)")]
    [InlineData("a{x=\"1\"} > 1")]
    [InlineData("a{x=\"1\"} + b{x=\"1\"}")]
    [InlineData("a and b")]
    public void Rewrite_WhereItCouldBeSeen_DoesNothing(string query)
    {
        Expr parsed = Parse(query);
        new MatcherPropagation().Rewrite(parsed).ShouldBeSameAs(parsed);
    }

    [Fact]
    public void Rewrite_ManyNames_DoesNothing()
    {
        string many = string.Join(',', Enumerable.Range(0, 20_000).Select(static i => $"l{i}=\"\""));
        Expr parsed = Parse($"a{{{many}}} and b{{{many}}}");
        new MatcherPropagation().Rewrite(parsed).ShouldBeSameAs(parsed);
    }

    private static string Text(string query) => new MatcherPropagation().Rewrite(Parse(query)).ToString();

    private static string Printed(string query) => Parse(query).ToString();

    private static Expr Parse(string query)
    {
        PromQLParser.TryParse(query, out Expr? expression, out IReadOnlyList<ParseFault>? faults).ShouldBeTrue($"{query}: {faults?[0]}");
        return expression!;
    }
}
