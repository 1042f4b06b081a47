using CsCheck;
using RemoteStore.Model.Labels;

namespace RemoteStore.PromQL.Parser.Tests;

/// <summary>Selectors as <c>match[]</c> takes them.</summary>
public sealed class MatcherTests
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
    [InlineData("{}", "")]
    [InlineData("up{__name__=\"down\"}", "__name__=\"down\" __name__=\"up\"")]
    public void TryParseMatchers_Selector_GivesItsMatchers(string text, string expected)
    {
        PromQLParser.TryParseMatchers(text, out IReadOnlyList<LabelMatcher>? matchers, out IReadOnlyList<ParseFault>? faults).ShouldBeTrue(faults?[0].ToString());
        string.Join(' ', matchers!).ShouldBe(expected);
    }

    [Theory]
    [InlineData("", "unknown position: parse error: unexpected end of input")]
    [InlineData("up[5m]", "1:3: parse error: unexpected \"[\"")]
    [InlineData("up offset 5m", "1:4: parse error: unexpected <offset>")]
    [InlineData("sum(up)", "1:4: parse error: unexpected \"(\"")]
    [InlineData("1", "1:1: parse error: unexpected number \"1\"")]
    [InlineData("up down", "1:4: parse error: unexpected identifier \"down\"")]
    [InlineData("up{", "1:4: parse error: unexpected end of input inside braces")]
    [InlineData("up{a=b}", "1:6: parse error: unexpected identifier \"b\" in label matching, expected string")]
    public void TryParseMatchers_Fault_SaysWhatAndWhere(string text, string expected)
    {
        PromQLParser.TryParseMatchers(text, out _, out IReadOnlyList<ParseFault>? faults).ShouldBeFalse();
        faults![0].ToString().ShouldBe(expected);
    }

    [Fact]
    public void TryParseMatchers_BadRegex_IsAFault()
    {
        PromQLParser.TryParseMatchers("up{a=~\"(\"}", out _, out IReadOnlyList<ParseFault>? faults).ShouldBeFalse();
        faults![0].ToString().ShouldContain("parse error: error parsing regexp: ");
    }

    [Fact]
    public void TryParseMatchers_AnyText_NeverThrows() =>
        Gen.String[Gen.OneOf(Gen.Char, Gen.Char["{}[]()=!~\"'`\\,@ up5m_:.-+#\n"]), 0, 40].Sample(static text =>
            PromQLParser.TryParseMatchers(text, out IReadOnlyList<LabelMatcher>? matchers, out IReadOnlyList<ParseFault>? faults)
                ? matchers is not null && faults is null
                : faults is { Count: > 0 });

    [Fact]
    public void TryParseMatchers_QuotedMatchers_RoundTrip() =>
        Gen.Select(Gen.String.Where(static s => s.Length > 0 && IsText(s)), Gen.String.Where(static s => s.Length > 0 && IsText(s))).Sample(static (name, value) =>
            PromQLParser.TryParseMatchers("{" + Quote(name) + "=" + Quote(value) + "}", out IReadOnlyList<LabelMatcher>? matchers, out _) &&
            matchers.Single() is LabelMatcher matcher && matcher.Name == name && matcher.Value == value);

    private static bool IsText(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text)) == text;

    private static string Quote(string text) =>
        '"' + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + '"';
}
