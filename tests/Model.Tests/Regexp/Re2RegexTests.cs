using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using RemoteStore.Model.Regexp;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Regexp;

public sealed class Re2RegexTests
{
    [Theory]
    [InlineData("foo", "foo")]
    [InlineData("^foo$", "foo")]
    [InlineData("foo|bar|foo", "foo|bar")]
    [InlineData("(?:foo)(bar|baz)", "foobar|foobaz")]
    [InlineData("a[0-2]b?", "a0|a0b|a1|a1b|a2|a2b")]
    [InlineData("(?i)Ab1", "AB1|Ab1|aB1|ab1")]
    [InlineData("", "")]
    [InlineData("a{2,3}", "aa|aaa")]
    [InlineData("10\\.0\\.0\\.[12]", "10.0.0.1|10.0.0.2")]
    public void SetMatches_FiniteLanguage_ListsIt(string pattern, string values)
    {
        Re2Regex regex = Re2SyntaxTests.Parse(pattern);

        regex.SetMatches.ShouldNotBeNull().Select(Encoding.UTF8.GetString).Order(StringComparer.Ordinal)
            .ShouldBe(values.Split('|').Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("foo.*")]
    [InlineData("[^a]")]
    [InlineData("\\bfoo")]
    [InlineData("[a-z]{4}")]
    [InlineData("(?i)abcdefghijklmnop")]
    [InlineData("a+")]
    public void SetMatches_InfiniteOrLarge_IsNull(string pattern) => Re2SyntaxTests.Parse(pattern).SetMatches.ShouldBeNull();

    [Fact]
    public void SetMatches_ThousandsOfAlternatives_AreAllThere()
    {
        string[] names = [.. Enumerable.Range(0, 20_000).Select(i => $"pod-{i:x}-{i * 7919:x}")];
        Re2Regex regex = Re2SyntaxTests.Parse(string.Join('|', names));

        regex.SetMatches!.Count.ShouldBe(20_000);
        names.All(n => regex.IsMatch(Encoding.UTF8.GetBytes(n))).ShouldBeTrue();
        regex.IsMatch("pod-"u8).ShouldBeFalse();
        Encoding.UTF8.GetString(regex.Prefix.Span).ShouldBe("pod-");
    }

    [Theory]
    [InlineData("foo.*bar", "foo", "bar")]
    [InlineData("^foo(a+|b)bar$", "foo", "bar")]
    [InlineData("foobar.*|foobaz", "fooba", "")]
    [InlineData(".*bar", "", "bar")]
    [InlineData("(ab)+", "ab", "ab")]
    [InlineData("(ab)*", "", "")]
    [InlineData("é.+", "é", "")]
    [InlineData("foo\\b-.*", "foo-", "")]
    public void PrefixAndSuffix_Pattern_AreWhatEveryMatchHas(string pattern, string prefix, string suffix)
    {
        Re2Regex regex = Re2SyntaxTests.Parse(pattern);

        Encoding.UTF8.GetString(regex.Prefix.Span).ShouldBe(prefix);
        Encoding.UTF8.GetString(regex.Suffix.Span).ShouldBe(suffix);
    }

    [Theory]
    [InlineData(".*", true, false)]
    [InlineData("^.*$", true, false)]
    [InlineData("(.*)", true, false)]
    [InlineData("foo|.*", true, false)]
    [InlineData("(?:.*)*", true, false)]
    [InlineData(".+", false, true)]
    [InlineData(".*.+", false, true)]
    [InlineData("(?-s).*", false, false)]
    [InlineData("a.*", false, false)]
    public void MatchesEverything_Pattern_IsKnown(string pattern, bool everything, bool everythingButEmpty)
    {
        Re2Regex regex = Re2SyntaxTests.Parse(pattern);

        regex.MatchesEverything.ShouldBe(everything);
        regex.MatchesEverythingButEmpty.ShouldBe(everythingButEmpty);
    }

    [Theory]
    [InlineData("foo.*", typeof(GlobTest))]
    [InlineData(".*foo", typeof(GlobTest))]
    [InlineData(".*foo.+bar.*", typeof(GlobTest))]
    [InlineData("foo|bar", typeof(LiteralSetTest))]
    [InlineData("foo[0-9]+", typeof(AutomatonTest))]
    [InlineData("..+", typeof(AutomatonTest))]
    public void TryParse_Pattern_ChoosesTheCheapestTest(string pattern, Type test) => Re2SyntaxTests.Parse(pattern).Test.ShouldBeOfType(test);

    [Fact]
    public void IsMatch_WarmAutomaton_AllocatesNothing()
    {
        Re2Regex[] patterns =
        [
            Re2SyntaxTests.Parse("(?i)get|post|p.*t[0-9]+é"), Re2SyntaxTests.Parse("a|b|c"), Re2SyntaxTests.Parse(".*foo.+"), Re2SyntaxTests.Parse("\\bx.\\b"),
        ];
        byte[][] values = [.. new[] { "GET", "pöst12é", "", "foobar", "xé x", "b" }.Select(Encoding.UTF8.GetBytes)];
        bool any = false;
        for (int i = 0; i < 10; i++)
        {
            any |= patterns.Any(p => values.Any(v => p.IsMatch(v)));
        }

        foreach (Re2Regex pattern in patterns)
        {
            foreach (byte[] value in values)
            {
                any |= pattern.IsMatch(value);
            }
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (Re2Regex pattern in patterns)
        {
            foreach (byte[] value in values)
            {
                any |= pattern.IsMatch(value);
            }
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
        any.ShouldBeTrue();
    }

    [Fact]
    public void IsMatch_PatternWithExponentialAutomaton_StaysBounded()
    {
        Re2Regex regex = Re2SyntaxTests.Parse("(?:a|b)*a(?:a|b){16}c?");
        LazyDfa automaton = ((AutomatonTest)regex.Test).Automaton;
        var random = new Random(7);
        byte[] value = new byte[4096];
        for (int i = 0; i < 20; i++)
        {
            for (int j = 0; j < value.Length; j++)
            {
                value[j] = (byte)('a' + random.Next(2));
            }

            regex.IsMatch(value).ShouldBe(value[^17] == 'a');
            automaton.StateCount.ShouldBeLessThan(20_000);
        }
    }

    [Fact]
    public void IsMatch_ClassicCatastrophes_AreLinear()
    {
        byte[] value = Encoding.UTF8.GetBytes(new string('a', 8000) + "!");
        foreach (string pattern in new[] { "(a+)+", "(a*)*b", "(a|aa)+", "(.*)*x", "(?:a?){200}a{200}", "(?:a|a)*b", "(.*a){20}" })
        {
            Re2SyntaxTests.Parse(pattern).IsMatch(value).ShouldBeFalse(pattern);
        }
    }

    [Fact]
    public void IsMatch_ManyThreads_AgreeWithOne()
    {
        string[] values = [.. Enumerable.Range(0, 2000).Select(i => $"svc-{i * 7919 % 1000}-é{i % 7}-{(i % 3 == 0 ? "x" : "yy")}")];
        byte[][] utf8 = [.. values.Select(Encoding.UTF8.GetBytes)];
        const string Pattern = "svc-[0-9]*[37]\\d?-.[0-4]-(?i:X|yY)";
        bool[] expected = [.. utf8.Select(v => Re2SyntaxTests.Parse(Pattern).IsMatch(v))];
        Re2Regex shared = Re2SyntaxTests.Parse(Pattern);

        Parallel.For(0, 8, _ => utf8.Select(v => shared.IsMatch(v)).ShouldBe(expected));
    }

    [Fact]
    public void IsMatch_PatternOfTheCommonSubset_AgreesWithDotNet()
    {
        Patterns(common: true).Sample(
            (pattern, values) =>
            {
                var reference = new Regex($"^(?s:{pattern})\\z", RegexOptions.CultureInvariant);
                Re2Regex regex = Re2SyntaxTests.Parse(pattern);
                foreach (string value in values)
                {
                    bool matches = regex.IsMatch(Encoding.UTF8.GetBytes(value));
                    if (TryMatch(reference, value, out bool expected))
                    {
                        matches.ShouldBe(expected, $"{pattern} against '{value}'");
                    }
                }
            },
            iter: 3000);
    }

    [Fact]
    public void IsMatch_AnyPattern_AllWaysAgree()
    {
        Patterns(common: false).Sample(
            (pattern, values) =>
            {
                Re2Regex regex = Re2SyntaxTests.Parse(pattern);
                LazyDfa automaton = RegexpConformanceTests.AutomatonOf(regex);
                foreach (string value in values)
                {
                    byte[] utf8 = Encoding.UTF8.GetBytes(value);
                    bool expected = automaton.Simulate(utf8);
                    regex.IsMatch(utf8).ShouldBe(expected, $"{pattern} against '{value}'");
                    automaton.IsMatch(utf8).ShouldBe(expected, $"{pattern} against '{value}', automaton");
                    if (expected)
                    {
                        utf8.AsSpan().StartsWith(regex.Prefix.Span).ShouldBeTrue();
                        utf8.AsSpan().EndsWith(regex.Suffix.Span).ShouldBeTrue();
                    }
                }
            },
            iter: 5000);
    }

    /// <summary>False where the other engine gives up: its backtracking overflows on loops around loops that match nothing.</summary>
    private static bool TryMatch(Regex regex, string value, out bool matches)
    {
        try
        {
            matches = regex.IsMatch(value);
            return true;
        }
        catch (OverflowException)
        {
            matches = false;
            return false;
        }
    }

    private static Gen<(string Pattern, string[] Values)> Patterns(bool common)
    {
        string[] atoms = ["a", "b", "ab", ".", "[ab]", "[^a]", "[a-c1]", "é", "-", "\\.", "[^é-]", "c", "1"];
        string[] more = ["\\b", "\\B", "^", "$", "(?i:k)", "\\pL", "😀", "\\d", "\\W", "(?m)", "(?-s)", "(?i)", "\\Q.a\\E", "[[:alpha:]]", ".*", ".+", "\\x{1F600}"];
        Gen<string> atom = Re2SyntaxTests.Pick(common ? atoms : [.. atoms, .. more]);
        Gen<string> gen = Gen.Recursive<string>((depth, self) => depth >= 3 ? atom : Gen.Frequency(
            (3, atom),
            (3, Gen.Select(self, self, (l, r) => l + r)),
            (2, Gen.Select(self, self, (l, r) => $"(?:{l}|{r})")),
            (1, self.Select(p => $"({p})")),
            (2, Gen.Select(self, Re2SyntaxTests.Pick("*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "+?"), (p, op) => $"(?:{p}){op}"))));
        string[] letters = common ? ["a", "b", "c", "1", "é", "-", ".", "\n", "k"] : ["a", "b", "c", "1", "é", "-", ".", "\n", "k", "K", "😀", "K", " "];
        Gen<string> value = Re2SyntaxTests.Pick(letters).Array[0, 6].Select(string.Concat);
        return Gen.Select(gen, value.Array[1, 8]);
    }
}
