using System.Text;
using CsCheck;
using RemoteStore.Model.Regexp;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Regexp;

public sealed class Re2SyntaxTests
{
    [Theory]
    [InlineData("(foo", "missing closing ): `(foo`")]
    [InlineData("foo)", "unexpected ): `foo)`")]
    [InlineData("a)b(c", "unexpected ): `a)b(c`")]
    [InlineData("[a", "missing closing ]: `[a`")]
    [InlineData("x[]a", "missing closing ]: `[]a`")]
    [InlineData("[b-a]", "invalid character class range: `b-a`")]
    [InlineData("[[:foo:]]", "invalid character class range: `[:foo:]`")]
    [InlineData("\\p{Foo}", "invalid character class range: `\\p{Foo}`")]
    [InlineData("\\p{Lu", "invalid character class range: `\\p{Lu`")]
    [InlineData("\\pX", "invalid character class range: `\\pX`")]
    [InlineData("*a", "missing argument to repetition operator: `*`")]
    [InlineData("a|*", "missing argument to repetition operator: `*`")]
    [InlineData("(?i)*", "missing argument to repetition operator: `*`")]
    [InlineData("a**", "invalid nested repetition operator: `**`")]
    [InlineData("a+?*", "invalid nested repetition operator: `+?*`")]
    [InlineData("a{2}{3}", "invalid nested repetition operator: `{2}{3}`")]
    [InlineData("a{1001}", "invalid repeat count: `{1001}`")]
    [InlineData("a{2,1}", "invalid repeat count: `{2,1}`")]
    [InlineData("(a{100}){11}", "invalid repeat count: `{11}`")]
    [InlineData("(?P<n", "invalid named capture: `(?P<n`")]
    [InlineData("(?P<n-x>a)", "invalid named capture: `(?P<n-x>`")]
    [InlineData("(?<>a)", "invalid named capture: `(?<>`")]
    [InlineData("(?=a)", "invalid or unsupported Perl syntax: `(?=`")]
    [InlineData("(?!a)", "invalid or unsupported Perl syntax: `(?!`")]
    [InlineData("(?>a)", "invalid or unsupported Perl syntax: `(?>`")]
    [InlineData("(?i-)", "invalid or unsupported Perl syntax: `(?i-)`")]
    [InlineData("(?", "invalid or unsupported Perl syntax: `(?`")]
    [InlineData("\\1", "invalid escape sequence: `\\1`")]
    [InlineData("\\8", "invalid escape sequence: `\\8`")]
    [InlineData("\\C", "invalid escape sequence: `\\C`")]
    [InlineData("\\Z", "invalid escape sequence: `\\Z`")]
    [InlineData("\\y", "invalid escape sequence: `\\y`")]
    [InlineData("\\é", "invalid escape sequence: `\\é`")]
    [InlineData("\\x{110000}", "invalid escape sequence: `\\x{110000`")]
    [InlineData("\\xg1", "invalid escape sequence: `\\xg1`")]
    [InlineData("a\\", "trailing backslash at end of expression: ``")]
    public void TryParse_InvalidPattern_SaysWhatAndWhere(string pattern, string error)
    {
        Re2Regex.TryParse(pattern, out Re2Regex? regex, out string? actual).ShouldBeFalse();

        regex.ShouldBeNull();
        actual.ShouldBe("error parsing regexp: " + error);
    }

    [Fact]
    public void TryParse_HalfASurrogatePair_IsInvalidUtf8() => Error("a\ud800b").ShouldBe("error parsing regexp: invalid UTF-8: `\ud800b`");

    [Fact]
    public void TryParse_TooDeepOrTooLarge_IsRefused()
    {
        Error(new string('(', 1001) + new string(')', 1001)).ShouldContain("expression nests too deeply");
        Error(string.Concat(Enumerable.Repeat("(a|", 600)) + new string(')', 600)).ShouldContain("expression nests too deeply");
        Error(string.Concat(Enumerable.Repeat("(\\pL.){1000}", 400))).ShouldContain("expression too large");
        Error(string.Concat(Enumerable.Repeat("(){1000}(^){1000}", 3000))).ShouldContain("expression too large");
        Error(new string('a', Re2Parser.MaxPatternLength + 1)).ShouldStartWith("error parsing regexp: expression too large: `aaaa");
        Re2Regex.TryParse(string.Concat(Enumerable.Repeat("(?:", 5000)) + "a" + new string(')', 5000), out _, out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("a.c", "a\nc|a😀c", "ac|abbc")]
    [InlineData("(?-s)a.c", "abc", "a\nc")]
    [InlineData("a$", "a", "a\n")]
    [InlineData("(?m)a$\nb", "a\nb", "a|ab")]
    [InlineData("(?m)a\n^b", "a\nb", "ab")]
    [InlineData("(?m)(?:a$|\n^b)+", "a\nb|a|a\nb\nb", "ab")]
    [InlineData("\\Aa\\z", "a", "aa")]
    [InlineData("\\d+", "0123456789", "٣|a")]
    [InlineData("\\w+", "aZ_09", "é|-")]
    [InlineData("\\s+", " \t\n\f\r", "\v|\u00a0")]
    [InlineData("[[:space:]]", "\v", "\u00a0")]
    [InlineData("[^\\d\\s]", "a|٣", "1| ")]
    [InlineData("\\pL+", "aéЖ漢|ab", "a😀|1")]
    [InlineData("\\p{Greek}", "α|Ω", "a")]
    [InlineData("\\p{^Greek}", "a", "α")]
    [InlineData("\\P{Greek}", "a", "α")]
    [InlineData("\\p{old_italic}", "\U00010300", "a")]
    [InlineData("\\p{Letter}\\p{Nd}", "a1", "1a")]
    [InlineData("[\\p{Lu}\\d]+", "AÉ9", "a")]
    [InlineData("(?i)\\p{Lu}", "a|A|ß|ẞ", "1")]
    [InlineData("\\x{1F600}\\x41\\101", "😀AA", "")]
    [InlineData("[\\x{10000}-\\x{10FFFF}]", "😀", "\uffff")]
    [InlineData("[^a]", "😀|é|\n", "a|ε")]
    [InlineData("\\Qa.b*\\E+", "a.b*|a.b***", "axb*")]
    [InlineData("\\Q.", ".", "a")]
    [InlineData("a{,2}", "a{,2}", "a|aa")]
    [InlineData("a{01}", "a{01}", "a")]
    [InlineData("a{2,3}", "aa|aaa", "a|aaaa")]
    [InlineData("a{0}", "ε", "a")]
    [InlineData("[]a]+", "]a", "b")]
    [InlineData("[a-]+", "-a", "b")]
    [InlineData("[a\\]b]", "]", "\\")]
    [InlineData("(?i)kS", "ks|KS|\u212aſ", "k")]
    [InlineData("(?i)[^k]", "a", "k|K|\u212a")]
    [InlineData("(?i)straße", "straße|STRAẞE", "STRASSE")]
    [InlineData("(?i)µÅ", "μå|Μ\u212b", "uA")]
    [InlineData("(?i:a)b", "ab|Ab", "aB")]
    [InlineData("a(?i)b|c", "ab|aB|C", "AB")]
    [InlineData("(a(?i)b)c", "aBc", "aBC")]
    [InlineData("(?i)i", "i|I", "ı|İ")]
    [InlineData("foo\\b.*", "foo|foo-bar", "foobar")]
    [InlineData(".*\\Boo", "foo", "oo|f oo")]
    [InlineData("(?:\\b|x)*a", "a|xa", "ba")]
    [InlineData("(?:a\\b-)+", "a-a-", "aa-")]
    [InlineData("(a*)*", "ε|aaa", "b")]
    [InlineData("(?:a|b|)+c", "c|abc", "ab")]
    [InlineData("a||b", "a|ε|b", "ab")]
    [InlineData("[^\\x{0}-\\x{10FFFF}]|a", "a", "b")]
    [InlineData("\\x{D800}|a", "a", "\uFFFD")]
    [InlineData("^^a$$", "a", "aa")]
    [InlineData("a^b|c$d", "", "ab|cd|a|d")]
    [InlineData("(?:^a|b$|c)d?", "a|ad|b|c|cd", "bd")]
    public void IsMatch_Pattern_MatchesTheWholeValueOnly(string pattern, string matches, string others)
    {
        Re2Regex regex = Parse(pattern);
        foreach (string value in Values(matches))
        {
            Check(regex, value, true);
        }

        foreach (string value in Values(others))
        {
            Check(regex, value, false);
        }
    }

    [Fact]
    public void TryParse_ArbitraryText_NeverThrows()
    {
        Gen<string> pieces = Pick(
            "(", ")", "[", "]", "{", "}", "|", "*", "+", "?", "\\", "^", "$", ".", "-", ",", ":", "<", ">", "P", "p", "Q", "E", "b", "i", "1", "2",
            "(?i)", "(?:", "(?P<n>", "[^", "[[:alpha:]]", "\\p{", "\\x{", "{2,3}", "\\pL", "é", "😀", "\ud800", "\\Q", "\\E", "a", "k");

        Gen.OneOf(pieces.Array[0, 12].Select(string.Concat), Gen.String).Sample(
            pattern =>
            {
                if (Re2Regex.TryParse(pattern, out Re2Regex? regex, out string? error))
                {
                    regex.IsMatch("aé\n"u8);
                    regex.IsMatch([0xff, 0x61, 0xc3]);
                    regex.IsMatch([]);
                }
                else
                {
                    error.ShouldStartWith("error parsing regexp: ");
                }
            },
            iter: 20_000);
    }

    internal static Re2Regex Parse(string pattern)
    {
        Re2Regex.TryParse(pattern, out Re2Regex? regex, out string? error).ShouldBeTrue(error);
        return regex!;
    }

    /// <summary>Values between bars; ε is the empty value.</summary>
    private static IEnumerable<string> Values(string text) =>
        text.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(static v => v == "ε" ? "" : v);

    internal static Gen<string> Pick(params string[] items) => Gen.Int[0, items.Length - 1].Select(i => items[i]);

    private static void Check(Re2Regex regex, string value, bool expected)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(value);
        LazyDfa automaton = RegexpConformanceTests.AutomatonOf(regex);
        regex.IsMatch(utf8).ShouldBe(expected, $"{regex.Pattern} against '{value}'");
        automaton.IsMatch(utf8).ShouldBe(expected, $"{regex.Pattern} against '{value}', automaton");
        automaton.Simulate(utf8).ShouldBe(expected, $"{regex.Pattern} against '{value}', simulation");
    }

    private static string Error(string pattern)
    {
        Re2Regex.TryParse(pattern, out _, out string? error).ShouldBeFalse();
        return error!;
    }
}
