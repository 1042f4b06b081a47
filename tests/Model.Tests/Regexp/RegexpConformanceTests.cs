using System.Text;
using System.Text.Json;
using RemoteStore.Model.Regexp;
using RemoteStore.Testing;
using Shouldly;

namespace RemoteStore.Model.Tests.Regexp;

public sealed class RegexpConformanceTests
{
    [ConformanceFact]
    public void IsMatch_EachCaseOfTheTable_MatchesAsExpected()
    {
        foreach (JsonElement c in ConformanceData.Cases("labels/regexp.json"))
        {
            string pattern = c.GetProperty("pattern").GetString()!;
            Re2Regex.TryParse(pattern, out Re2Regex? regex, out string? error).ShouldBeTrue(error);
            LazyDfa automaton = AutomatonOf(regex!);
            foreach (bool expected in new[] { true, false })
            {
                foreach (JsonElement value in c.GetProperty(expected ? "matches" : "no_match").EnumerateArray())
                {
                    byte[] utf8 = Encoding.UTF8.GetBytes(value.GetString()!);
                    string what = $"{pattern} against {value}";

                    regex!.IsMatch(utf8).ShouldBe(expected, what);
                    automaton.IsMatch(utf8).ShouldBe(expected, what);
                    automaton.Simulate(utf8).ShouldBe(expected, what);
                }
            }
        }
    }

    internal static LazyDfa AutomatonOf(Re2Regex regex) =>
        new(RegexCompiler.Compile(regex.Tree, regex.Pattern, captures: false), regex.Pattern);
}
