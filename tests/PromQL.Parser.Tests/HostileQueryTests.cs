using System.Text;
using CsCheck;
using RemoteStore.PromQL.Parser.Printing;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Testing.Tables;

namespace RemoteStore.PromQL.Parser.Tests;

public sealed class HostileQueryTests
{
    private static readonly Gen<string> s_soup = QueryGen.OneOf(
        "foo", "sum", "by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset", "@", "start", "end", "step", "range", "min_of", "max_of",
        "anchored", "smoothed", "fill", "fill_left", "rate", "and", "or", "unless", "atan2", "topk", "(", ")", "[", "]", "{", "}", ",", ":", "+", "-", "*", "/", "%", "^",
        "==", "!=", "<", "<=", ">", ">=", "</", ">/", "=", "=~", "!~", "1", "5m", "0x1f", "1e3", "Inf", "NaN", "\"s\"", "'t'", "`u`", "a=\"b\"", "a", "$", "#c\n", " ", "\n",
        "foo[5m]", "foo{a=\"b\"}", "(foo)", "()", "by (a)", "on (a)", "group_left (b)", "[5m:1m]", "offset 5m", "offset (1m+2m)", "@ start()").Array[0, 14]
        .Select(static parts => string.Join(' ', parts));

    [Theory]
    [InlineData('(', 100_000)]
    [InlineData('-', 100_000)]
    [InlineData('{', 100_000)]
    [InlineData('[', 100_000)]
    public void TryParse_OneCharacterRepeated_IsRefused(char c, int count) => Refused(new string(c, count) + "1");

    [Fact]
    public void TryParse_DeepParentheses_AreRefusedForTheirDepth() =>
        Refused(new string('(', 100_000) + "1" + new string(')', 100_000)).ShouldContain("nested deeper than the limit of 256");

    [Fact]
    public void TryParse_ChainOfTenThousand_IsRefusedForItsLength() =>
        Refused(string.Join('+', Enumerable.Repeat("1", 10_000))).ShouldContain("chain longer than the limit of 2000");

    [Theory]
    [InlineData("+")]
    [InlineData(" or ")]
    public void TryParse_ChainWithinTheLimit_ParsesAndPrints(string op)
    {
        string query = string.Join(op, Enumerable.Repeat("a", 2_000));
        Expr expression = Parse(query);
        Parse(expression.ToString()).ToString().ShouldBe(expression.ToString());
        Prettifier.Print(expression).Length.ShouldBeGreaterThan(query.Length);
    }

    [Fact]
    public void TryParse_NestingWithinTheLimit_Parses()
    {
        Parse(new string('(', 250) + "1" + new string(')', 250)).Type.ShouldBe(ExprType.Scalar);
        Parse(string.Concat(Enumerable.Repeat("abs(-(", 60)) + "a" + string.Concat(Enumerable.Repeat("))", 60))).Type.ShouldBe(ExprType.Vector);
        Parse("2" + string.Concat(Enumerable.Repeat("^2", 250))).Type.ShouldBe(ExprType.Scalar);
    }

    [Fact]
    public void TryParse_TenMegabytes_IsRefused() => Refused($"up{{a=\"{new string('x', 10 << 20)}\"}}").ShouldContain("longer than the limit");

    [Fact]
    public void TryParse_ManyMatchersAndArguments_Parse()
    {
        string matchers = string.Join(',', Enumerable.Range(0, 20_000).Select(static i => $"l{i}=\"v\""));
        ((VectorSelector)Parse($"up{{{matchers}}}")).Matchers.Count.ShouldBe(20_001);
        string labels = string.Join(',', Enumerable.Range(0, 20_000).Select(static i => $"\"l{i}\""));
        ((CallExpr)Parse($"sort_by_label(up, {labels})")).Arguments.Count.ShouldBe(20_001);
    }

    [Fact]
    public void TryParse_AnyText_GivesATreeOrFaults() => Gen.String[Gen.OneOf(Gen.Char, Gen.Char["{}[]()=!~\"'`\\,@ sumby5m_:.-+#\n<>/"]), 0, 60].Sample(GivesTreeOrFaults);

    [Fact]
    public void TryParse_AnyTokens_GivesATreeOrFaults() => s_soup.Sample(GivesTreeOrFaults, iter: 20_000);

    [Fact]
    public void TryParse_AnyBytes_GivesATreeOrFaults() => Gen.Byte.Array[0, 60].Sample(static bytes =>
        PromQLParser.TryParse(bytes, out Expr? expression, out IReadOnlyList<ParseFault>? faults) ? expression is not null && faults is null : faults!.Count > 0);

    [Fact]
    public void TryParse_AnyTokens_GrammarAndDiagnosisAgree() => s_soup.Sample(
        static query =>
        {
            byte[] utf8 = Encoding.UTF8.GetBytes(query);
            (Expr? byGrammar, Expr? byDiagnosis) = TwoParsers.Parse(utf8);
            (byGrammar is null).ShouldBe(byDiagnosis is null, query);
            if (byGrammar is not null)
            {
                AstShape.Of(byGrammar).ToJsonString().ShouldBe(AstShape.Of(byDiagnosis!).ToJsonString(), query);
            }
        },
        iter: 50_000);

    private static bool GivesTreeOrFaults(string query) =>
        PromQLParser.TryParse(query, out Expr? expression, out IReadOnlyList<ParseFault>? faults) ? expression is not null && faults is null : faults.Count > 0;

    private static Expr Parse(string query)
    {
        PromQLParser.TryParse(query, out Expr? expression, out IReadOnlyList<ParseFault>? faults).ShouldBeTrue(faults?[0].ToString());
        return expression!;
    }

    private static string Refused(string query)
    {
        PromQLParser.TryParse(query, out _, out IReadOnlyList<ParseFault>? faults).ShouldBeFalse();
        return faults![0].Message;
    }
}
