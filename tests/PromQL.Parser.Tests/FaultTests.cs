using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Tests;

/// <summary>Faults beyond those of the conformance tables: first as Prometheus reports it, others after it.</summary>
public sealed class FaultTests
{
    [Theory]
    [InlineData("", "unknown position: parse error: no expression found in input")]
    [InlineData(" \n ", "1:1: parse error: no expression found in input")]
    [InlineData("sum(up", "1:7: parse error: unclosed left parenthesis")]
    [InlineData("up)", "1:4: parse error: unexpected right parenthesis ')'")]
    [InlineData("up\n  + $", "2:5: parse error: unexpected character: '$'")]
    [InlineData("up # comment\n down", "2:2: parse error: unexpected identifier \"down\"")]
    [InlineData("a:b c:d", "1:5: parse error: unexpected metric identifier \"c:d\"")]
    [InlineData("up \"a long string literal\"", "1:4: parse error: unexpected string \"\\\"a long st\"...")]
    [InlineData("up 123456789012", "1:4: parse error: unexpected number \"1234567890\"...")]
    [InlineData("sum by [a] (up)", "1:8: parse error: unexpected \"[\" in grouping opts, expected \"(\"")]
    [InlineData("sum by (a b) (up)", "1:11: parse error: unexpected identifier \"b\" in grouping opts, expected \",\" or \")\"")]
    [InlineData("sum by (a, 1) (up)", "1:12: parse error: unexpected number \"1\" in grouping opts, expected label")]
    [InlineData("sum by (\"\") (up)", "1:9: parse error: invalid label name for grouping: \"\"")]
    [InlineData("sum by (a) up", "1:12: parse error: unexpected identifier \"up\" in aggregation")]
    [InlineData("up * on(a) group_left [b] up", "1:23: parse error: unexpected \"[\" in grouping opts, expected \"(\"")]
    [InlineData("up{a=\"b\" \"c\"}", "1:10: parse error: unexpected string \"\\\"c\\\"\" in label matching, expected \",\" or \"}\"")]
    [InlineData("up{{", "1:4: parse error: unexpected left brace '{'")]
    [InlineData("up{a!b}", "1:5: parse error: unexpected character after '!' inside braces: 'b'")]
    [InlineData("up ! up", "1:4: parse error: unexpected character after '!': ' '")]
    [InlineData("up[5m:1m:1m]", "1:9: parse error: unexpected colon ':'")]
    [InlineData("up[:1m]", "1:5: parse error: unexpected colon before duration in duration expression")]
    [InlineData("up[[5m]]", "1:4: parse error: unexpected character in duration expression: '['")]
    [InlineData("up[5m] [5m]", "1:8: parse error: ranges only allowed for vector selectors")]
    [InlineData("up]", "1:3: parse error: unexpected right bracket ']'")]
    [InlineData("up[]", "1:4: parse error: unexpected \"]\" in subquery or range selector, expected number, duration, step(), or range()")]
    [InlineData("up[5m 5m]", "1:7: parse error: unexpected duration \"5m\" in subquery or range, expected \":\" or \"]\"")]
    [InlineData("up[5m:5m 5m]", "1:10: parse error: unexpected duration \"5m\" in subquery selector, expected \"]\"")]
    [InlineData("up[5m:*]", "1:7: parse error: unexpected <op:*> in subquery selector, expected number, duration, step(), range(), or \"]\"")]
    [InlineData("up[5m % 0]", "1:7: parse error: modulo by zero")]
    [InlineData("up offset up", "1:11: parse error: unexpected identifier \"up\" in offset, expected number, duration, step(), or range()")]
    [InlineData("up @ up", "1:6: parse error: unexpected identifier \"up\" in @, expected timestamp")]
    [InlineData("up @ start", "1:11: parse error: unexpected end of input in @, expected timestamp")]
    [InlineData("(up) offset 5m", "1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery")]
    [InlineData("1 @ 5", "1:1: parse error: @ modifier must be preceded by an instant vector selector or range vector selector or a subquery")]
    [InlineData("up anchored smoothed", "1:1: parse error: anchored and smoothed modifiers cannot be used together")]
    [InlineData("up[5m:1m] smoothed", "1:1: parse error: smoothed modifier is not supported for subqueries")]
    [InlineData("rate(up)", "1:6: parse error: expected type range vector in call to function \"rate\", got instant vector")]
    [InlineData("abs(\"a\")", "1:5: parse error: expected type instant vector in call to function \"abs\", got string")]
    [InlineData("label_join(up, \"a\")", "1:1: parse error: expected at least 3 argument(s) in call to \"label_join\", got 2")]
    [InlineData("round(up, 1, 2)", "1:1: parse error: expected at most 2 argument(s) in call to \"round\", got 3")]
    [InlineData("info(up, down)", "1:10: parse error: expected label selectors only, got vector selector instead")]
    [InlineData("ABS(up)", "1:1: parse error: unknown function with name \"ABS\"")]
    [InlineData("sum(up, up)", "1:1: parse error: wrong number of arguments for aggregate expression provided, expected 1, got 2")]
    [InlineData("sum(1)", "1:5: parse error: expected type instant vector in aggregation expression, got scalar")]
    [InlineData("topk(up, up)", "1:6: parse error: expected type scalar in aggregation parameter, got instant vector")]
    [InlineData("up + up[5m]", "1:6: parse error: binary expression must contain only scalar and instant vector types")]
    [InlineData("\"a\" + 1", "1:1: parse error: binary expression must contain only scalar and instant vector types")]
    [InlineData("-\"a\"", "1:1: parse error: unary expression only allowed on expressions of type scalar or instant vector, got \"string\"")]
    [InlineData("1[5m:]", "1:1: parse error: subquery is only allowed on instant vector, got scalar instead")]
    [InlineData("up / on(a, b) group_left(b) up", "1:4: parse error: label \"b\" must not occur in ON and GROUP clause at once")]
    [InlineData("1 + on(a) 1", "1:1: parse error: vector matching only allowed between instant vectors")]
    [InlineData("1 + fill(1) 1", "1:1: parse error: filling in missing series only allowed between instant vectors")]
    [InlineData("up and fill(1) up", "1:1: parse error: filling in missing series not allowed for set operators")]
    [InlineData("1e400", "1:1: parse error: error parsing number: strconv.ParseFloat: parsing \"1e400\": value out of range")]
    [InlineData("1__0", "1:1: parse error: bad number or duration syntax: \"1__\"")]
    [InlineData("0x", "1:1: parse error: error parsing number: strconv.ParseFloat: parsing \"0x\": invalid syntax")]
    [InlineData("up[300y]", "1:4: parse error: duration out of range")]
    [InlineData("'\\400'", "1:1: parse error: escape sequence is an invalid Unicode code point")]
    [InlineData("\"\\ud800\"", "1:1: parse error: escape sequence is an invalid Unicode code point")]
    [InlineData("\"\\xg0\"", "1:1: parse error: illegal character U+0067 'g' in escape sequence")]
    [InlineData("up{a=~\"(\"}", "1:4: parse error: error parsing regexp: missing closing ): `(`")]
    public void TryParse_Fault_SaysWhatAndWhere(string query, string expected)
    {
        PromQLParser.TryParse(query, out _, out IReadOnlyList<ParseFault>? faults).ShouldBeFalse();
        faults![0].ToString().ShouldBe(expected);
    }

    [Theory]
    [InlineData("limitk(1, up)", "limitk() is experimental and must be enabled with --enable-feature=promql-experimental-functions")]
    [InlineData("end()", "function \"end\" is not enabled")]
    [InlineData("up[1m + 1m]", "experimental duration expression is not enabled")]
    [InlineData("up offset step()", "experimental duration expression is not enabled")]
    [InlineData("up + fill(0) up", "binop fill modifiers are experimental and not enabled")]
    [InlineData("up anchored", "anchored modifier is experimental and not enabled")]
    public void TryParse_FeatureTurnedOff_SaysSo(string query, string expected)
    {
        var nothing = new ParserOptions { ExperimentalFunctions = false, DurationExpressions = false, ExtendedRangeSelectors = false, FillModifiers = false };
        PromQLParser.TryParse(query, out _, out _).ShouldBeTrue();
        PromQLParser.TryParse(query, out _, out IReadOnlyList<ParseFault>? faults, nothing).ShouldBeFalse();
        faults![0].Message.ShouldBe(expected);
    }

    [Theory]
    [InlineData("0x1F", 31)]
    [InlineData("0x1e3", 0x1e3)]
    [InlineData("0755", 493)]
    [InlineData("08", 8)]
    [InlineData("1_000", 1000)]
    [InlineData("1_0.5e1_0", 10.5e10)]
    [InlineData("99999999999999999999", 1e20)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5)]
    [InlineData("1h30m", 5400)]
    [InlineData("15ms", 0.015)]
    [InlineData("-1e-3", -0.001)]
    [InlineData("+Inf", double.PositiveInfinity)]
    [InlineData("nAn", double.NaN)]
    public void TryParse_Number_HasItsValue(string query, double expected)
    {
        PromQLParser.TryParse(query, out Expr? expression, out _).ShouldBeTrue();
        ((NumberLiteral)expression!).Value.ShouldBe(expected);
    }

    [Theory]
    [InlineData("-2 ^ 2", "-(2 ^ 2)")]
    [InlineData("2 ^ 3 ^ 2", "2 ^ (3 ^ 2)")]
    [InlineData("-a * b", "(-a) * b")]
    [InlineData("a or b and c unless d", "a or ((b and c) unless d)")]
    [InlineData("a + b == c * d", "(a + b) == (c * d)")]
    [InlineData("a % b atan2 c", "(a % b) atan2 c")]
    [InlineData("a </ 1 + 2", "a </ (1 + 2)")]
    [InlineData("-rate(a[5m:])", "-(rate(a[5m:]))")]
    [InlineData("a offset 1m + 2", "(a offset 1m) + 2")]
    public void TryParse_Operators_BindAsTheyShould(string query, string withParentheses) =>
        Bound(query).ShouldBe(Bound(withParentheses));

    /// <summary>The tree in prefix form, parentheses left out.</summary>
    private static string Bound(string query)
    {
        PromQLParser.TryParse(query, out Expr? expression, out IReadOnlyList<ParseFault>? faults).ShouldBeTrue(faults?[0].ToString());
        return Prefix(expression!);
    }

    private static string Prefix(Expr node) => node switch
    {
        ParenExpr paren => Prefix(paren.Inner),
        BinaryExpr binary => $"({binary.Op} {Prefix(binary.Left)} {Prefix(binary.Right)})",
        UnaryExpr unary => $"(minus {Prefix(unary.Operand)})",
        SubqueryExpr subquery => $"(subquery {Prefix(subquery.Operand)})",
        _ => node.ToString(),
    };
}
