using System.Text.Json;
using CsCheck;
using RemoteStore.Model.Labels;
using RemoteStore.Testing;

namespace RemoteStore.PromQL.Parser.Tests;

public sealed class SelectorParserTests
{
    [Theory]
    [InlineData("up", "__name__=\"up\"")]
    [InlineData(" up # comment\n", "__name__=\"up\"")]
    [InlineData("job:up:sum", "__name__=\"job:up:sum\"")]
    [InlineData("up{}", "__name__=\"up\"")]
    [InlineData("up{job=\"a\"}", "job=\"a\" __name__=\"up\"")]
    [InlineData("up{job=\"a\",}", "job=\"a\" __name__=\"up\"")]
    [InlineData("{job=\"a\" , env!='b',x=~`a.*\\d`,y!~\"z\"}", "job=\"a\" env!=\"b\" x=~\"a.*\\\\d\" y!~\"z\"")]
    [InlineData("{\"metric.name\"}", "__name__=\"metric.name\"")]
    [InlineData("{\"metric.name\", \"label.name\"=\"v\"}", "__name__=\"metric.name\" \"label.name\"=\"v\"")]
    [InlineData("{'a\\n\\t\\x41\\u00e9\\101'=\"v\"}", "\"a\\n\\x09AéA\"=\"v\"")]
    [InlineData("{a=\"\\\"\\\\\"}", "a=\"\\\"\\\\\"")]
    [InlineData("{a='\\''}", "a=\"'\"")]
    [InlineData("offset{a=\"b\"}", "a=\"b\" __name__=\"offset\"")]
    [InlineData("{__name__=\"up\"}", "__name__=\"up\"")]
    [InlineData("{\"up\", __name__=\"up\"}", "__name__=\"up\" __name__=\"up\"")]
    [InlineData("{a=\"😀\"}", "a=\"😀\"")]
    public void TryParse_Selector_GivesItsMatchers(string text, string expected)
    {
        SelectorParser.TryParse(text, out Selector? selector, out ParseError? error).ShouldBeTrue(error?.ToString());
        string.Join(' ', selector!.Matchers).ShouldBe(expected);
        selector.RangeMs.ShouldBeNull();
    }

    [Theory]
    [InlineData("up[5m]", 300_000L, 0, AtKind.None, 0)]
    [InlineData("up[1h30m]", 5_400_000L, 0, AtKind.None, 0)]
    [InlineData("up[300]", 300_000L, 0, AtKind.None, 0)]
    [InlineData("up[0.5]", 500L, 0, AtKind.None, 0)]
    [InlineData("up offset 5m", null, 300_000, AtKind.None, 0)]
    [InlineData("up offset -5m", null, -300_000, AtKind.None, 0)]
    [InlineData("up OFFSET 1d", null, 86_400_000, AtKind.None, 0)]
    [InlineData("up @ 1609746000", null, 0, AtKind.Timestamp, 1_609_746_000_000)]
    [InlineData("up @ -1.5", null, 0, AtKind.Timestamp, -1_500)]
    [InlineData("up @ start()", null, 0, AtKind.Start, 0)]
    [InlineData("up @ end()", null, 0, AtKind.End, 0)]
    [InlineData("up{a=\"b\"}[1m] @ 10 offset 2s", 60_000L, 2_000, AtKind.Timestamp, 10_000)]
    [InlineData("up[1y2w3d4h5m6s7ms] offset 2s @ 10", 33_019_506_007L, 2_000, AtKind.Timestamp, 10_000)]
    public void TryParse_Modifiers_AreRead(string text, long? rangeMs, long offsetMs, AtKind at, long atMs)
    {
        SelectorParser.TryParse(text, out Selector? selector, out ParseError? error).ShouldBeTrue(error?.ToString());
        selector!.RangeMs.ShouldBe(rangeMs);
        selector.OffsetMs.ShouldBe(offsetMs);
        selector.At.ShouldBe(new AtModifier(at, atMs));
    }

    [Theory]
    [InlineData("", "unknown position: parse error: no expression found in input")]
    [InlineData("  ", "unknown position: parse error: no expression found in input")]
    [InlineData("{}", "1:1: parse error: vector selector must contain at least one non-empty matcher")]
    [InlineData("{a=\"\"}", "1:1: parse error: vector selector must contain at least one non-empty matcher")]
    [InlineData("{a=~\".*\"}", "1:1: parse error: vector selector must contain at least one non-empty matcher")]
    [InlineData("up{", "1:4: parse error: unexpected end of input inside braces")]
    [InlineData("up{a", "1:5: parse error: unexpected end of input inside braces")]
    [InlineData("up{a=\"b\"", "1:9: parse error: unexpected end of input inside braces")]
    [InlineData("up{a=b}", "1:6: parse error: unexpected identifier \"b\" in label matching, expected string")]
    [InlineData("up{a}", "1:5: parse error: unexpected \"}\" in label matching, expected label matching operator")]
    [InlineData("up{,}", "1:4: parse error: unexpected \",\" in label matching, expected identifier or \"}\"")]
    [InlineData("up{a=\"b\" c=\"d\"}", "1:10: parse error: unexpected identifier \"c\" in label matching, expected \",\" or \"}\"")]
    [InlineData("up{a>\"b\"}", "1:5: parse error: unexpected character inside braces: '>'")]
    [InlineData("up{a:b=\"c\"}", "1:5: parse error: unexpected character inside braces: ':'")]
    [InlineData("up{a=\"b}", "1:6: parse error: unterminated quoted string")]
    [InlineData("up{a=`b}", "1:6: parse error: unterminated raw string")]
    [InlineData("up{a=\"b\nc\"}", "1:6: parse error: unterminated quoted string")]
    [InlineData("up{a=\"\\q\"}", "1:6: parse error: unknown escape sequence U+0071 'q'")]
    [InlineData("up{a=\"\\xff\"}", "1:6: parse error: byte escapes do not form valid UTF-8")]
    [InlineData("up{\"x\"}", "1:1: parse error: metric name must not be set twice: \"up\" or \"x\"")]
    [InlineData("up{__name__!=\"x\"}", "1:1: parse error: metric name must not be set twice: \"up\" or \"x\"")]
    [InlineData("up down", "1:4: parse error: unexpected identifier \"down\"")]
    [InlineData("\n up\n  down", "3:3: parse error: unexpected identifier \"down\"")]
    [InlineData("{a=\"é\"} x", "1:10: parse error: unexpected identifier \"x\"")]
    [InlineData("sum(up)", "1:4: parse error: unexpected \"(\": only plain selectors can be evaluated")]
    [InlineData("1+1", "1:1: parse error: unexpected number \"1\": only plain selectors can be evaluated")]
    [InlineData("up + up", "1:4: parse error: unexpected <op:+>: only plain selectors can be evaluated")]
    [InlineData("$", "1:1: parse error: unexpected character: '$'")]
    [InlineData("up[5m", "1:6: parse error: unexpected end of input in duration expression")]
    [InlineData("up[0s]", "1:4: parse error: duration must be greater than 0")]
    [InlineData("up[5m1h]", "1:4: parse error: not a valid duration string: \"5m1h\"")]
    [InlineData("up[300y]", "1:4: parse error: duration out of range")]
    [InlineData("up offset", "1:10: parse error: unexpected end of input in offset, expected number, duration, step(), or range()")]
    [InlineData("up offset 1m offset 2m", "1:1: parse error: offset may not be set multiple times")]
    [InlineData("up @ 1 @ 2", "1:1: parse error: @ <timestamp> may not be set multiple times")]
    [InlineData("up @ -9.3e18", "1:1: parse error: timestamp out of bounds for @ modifier: -9300000000000000000.000000")]
    [InlineData("up @ Inf", "1:1: parse error: timestamp out of bounds for @ modifier: +Inf")]
    [InlineData("up @ x", "1:6: parse error: unexpected identifier \"x\" in @, expected timestamp")]
    public void TryParse_Fault_SaysWhatAndWhere(string text, string expected)
    {
        SelectorParser.TryParse(text, out _, out ParseError? error).ShouldBeFalse();
        error!.ToString().ShouldBe(expected);
    }

    [ConformanceFact]
    public void TryParse_ConformanceSelectors_GiveTheirMatchersAndModifiers()
    {
        int compared = 0;
        foreach (JsonElement @case in ConformanceData.Cases("parser/expressions.json"))
        {
            if (!@case.TryGetProperty("ast", out JsonElement ast) || ast.GetProperty("type").GetString() is not ("VectorSelector" or "MatrixSelector"))
            {
                continue;
            }

            JsonElement vector = ast.TryGetProperty("VectorSelector", out JsonElement inner) ? inner : ast;
            if (ast.TryGetProperty("RangeExpr", out _) || vector.TryGetProperty("OriginalOffsetExpr", out _))
            {
                continue; // arithmetic on durations is no part of a plain selector
            }

            string input = @case.GetProperty("input").GetString()!;
            SelectorParser.TryParse(input, out Selector? selector, out ParseError? error).ShouldBeTrue($"{input}: {error}");
            selector!.Matchers.Select(static m => $"{m.Name}|{m.Type}|{m.Value}").ShouldBe(
                vector.GetProperty("LabelMatchers").EnumerateArray().Select(static m =>
                    $"{m.GetProperty("name").GetString()}|{Operator(m.GetProperty("op").GetString())}|{m.GetProperty("value").GetString()}"), input);
            selector.RangeMs.ShouldBe(ast.TryGetProperty("Range", out JsonElement range) ? range.GetInt64() : null, input);
            selector.OffsetMs.ShouldBe(vector.TryGetProperty("OriginalOffset", out JsonElement offset) ? offset.GetInt64() : 0, input);
            long? at = vector.TryGetProperty("Timestamp", out JsonElement timestamp) ? timestamp.GetInt64() : null;
            selector.At.TimestampMs.ShouldBe(at ?? 0, input);
            compared++;
        }

        compared.ShouldBeGreaterThan(20);
    }

    [ConformanceFact]
    public void TryParse_ConformanceFaultsOfSelectors_HaveTheirTextAndPlace()
    {
        string[] aboutSelectors =
        [
            "label matching", "inside braces", "non-empty matcher", "in duration expression", "greater than 0", "valid duration string", "unknown unit",
            "modifiers allowed before range", "set multiple times", "out of bounds", "unexpected character: '}'", "no expression found", "in offset", "in @",
        ];
        int compared = 0;
        foreach (JsonElement @case in ConformanceData.Cases("parser/expressions.json"))
        {
            if (@case.GetProperty("ok").GetBoolean() || !@case.TryGetProperty("input", out JsonElement text) || text.GetString()!.Contains("step()", StringComparison.Ordinal))
            {
                continue;
            }

            JsonElement first = @case.GetProperty("errors")[0];
            string message = first.GetProperty("message").GetString()!;
            if (!aboutSelectors.Any(part => message.Contains(part, StringComparison.Ordinal)))
            {
                continue;
            }

            string input = text.GetString()!;
            SelectorParser.TryParse(input, out _, out ParseError? error).ShouldBeFalse(input);
            error!.Message.ShouldBe(message, input);
            error.Column.ShouldBe(input.Length == 0 ? 0 : first.GetProperty("start").GetInt32() + 1, input);
            compared++;
        }

        compared.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void TryParse_BadRegex_IsAFault()
    {
        SelectorParser.TryParse("up{a=~\"(\"}", out _, out ParseError? error).ShouldBeFalse();
        error!.ToString().ShouldStartWith("1:4: parse error: error parsing regexp: ");
    }

    [Theory]
    [InlineData("up[5m]", "1:3: parse error: unexpected \"[\"")]
    [InlineData("up offset 5m", "1:4: parse error: unexpected identifier \"offset\"")]
    public void TryParseMatchers_Modifiers_AreFaults(string text, string expected)
    {
        SelectorParser.TryParseMatchers(text, out _, out ParseError? error).ShouldBeFalse();
        error!.ToString().ShouldBe(expected);
    }

    [Fact]
    public void TryParse_AnyText_NeverThrows() => Gen.String[Gen.OneOf(Gen.Char, Gen.Char["{}[]()=!~\"'`\\,@ up5m_:.-+#\n"]), 0, 40].Sample(static text =>
        SelectorParser.TryParse(text, out Selector? selector, out ParseError? error) ? selector is not null : error is not null);

    [Fact]
    public void TryParse_QuotedMatchers_RoundTrip() =>
        Gen.Select(Gen.String.Where(static s => s.Length > 0 && IsText(s)), Gen.String.Where(static s => s.Length > 0 && IsText(s))).Sample(static (name, value) =>
        {
            string text = "{" + Quote(name) + "=" + Quote(value) + "}";
            return SelectorParser.TryParse(text, out Selector? selector, out _) && selector.Matchers.Single() is LabelMatcher matcher &&
                matcher.Name == name && matcher.Value == value;
        });

    private static MatchType Operator(string? text) => text switch
    {
        "=" => MatchType.Equal,
        "!=" => MatchType.NotEqual,
        "=~" => MatchType.Regexp,
        _ => MatchType.NotRegexp,
    };

    private static bool IsText(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)) == text;

    private static string Quote(string text) =>
        '"' + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + '"';
}
