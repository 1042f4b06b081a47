using System.Text;
using System.Text.RegularExpressions;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Testing.Tables;
using RemoteStore.Testing;

namespace RemoteStore.PromQL.Parser.Tests.Conformance;

/// <summary>The queries and series of the engine's test scripts, of which far more exist than cases in the tables.</summary>
public sealed partial class ScriptQueryTests
{
    [ConformanceFact]
    public void Scripts_EveryQueryThatMustNotFail_ParsesPrintsAndAgrees()
    {
        var failures = new StringBuilder();
        int queries = 0;
        foreach (string query in Queries())
        {
            queries++;
            if (!PromQLParser.TryParse(query, out Expr? expression, out IReadOnlyList<ParseFault>? faults))
            {
                _ = failures.Append('\n').Append(query).Append("\n  ").Append(faults[0]);
                continue;
            }

            string text = expression.ToString();
            string again = PromQLParser.TryParse(text, out Expr? second, out faults) ? second.ToString() : faults[0].ToString();
            (Expr? byGrammar, Expr? byDiagnosis) = TwoParsers.Parse(Encoding.UTF8.GetBytes(query));
            if (text != again || byGrammar is null || byDiagnosis is null || AstShape.Of(byGrammar).ToJsonString() != AstShape.Of(byDiagnosis).ToJsonString())
            {
                _ = failures.Append('\n').Append(query).Append("\n  ").Append(text).Append("\n  ").Append(again);
            }
        }

        failures.ToString().ShouldBeEmpty();
        queries.ShouldBeGreaterThan(1_000);
    }

    [ConformanceFact]
    public void Scripts_EveryLoadedSeries_Parses()
    {
        var failures = new StringBuilder();
        int series = 0;
        foreach (string file in Files())
        {
            bool loading = false;
            foreach (string line in System.IO.File.ReadLines(file).Select(static l => l.Trim()))
            {
                bool isEmpty = line.Length == 0 || line.StartsWith('#');
                if (loading && !isEmpty && !line.Contains("}@st", StringComparison.Ordinal) && !line.Contains("@st ", StringComparison.Ordinal))
                {
                    series++;
                    if (!Series.SeriesDescription.TryParse(line, out _, out IReadOnlyList<ParseFault>? faults))
                    {
                        _ = failures.Append('\n').Append(line).Append("\n  ").Append(faults[0]);
                    }
                }

                loading = !isEmpty && (loading || line.StartsWith("load", StringComparison.Ordinal));
            }
        }

        failures.ToString().ShouldBeEmpty();
        series.ShouldBeGreaterThan(500);
    }

    private static IEnumerable<string> Queries()
    {
        foreach (string file in Files())
        {
            string[] lines = [.. System.IO.File.ReadLines(file).Select(static l => l.Trim())];
            for (int i = 0; i < lines.Length; i++)
            {
                Match match = Eval().Match(lines[i]);
                IEnumerable<string> block = lines.Skip(i + 1).TakeWhile(static l => l.Length > 0 && !l.StartsWith('#'));
                if (match.Success && match.Groups["kind"].Value != "_fail" && !block.Any(static l => l.StartsWith("expect fail", StringComparison.Ordinal)))
                {
                    yield return match.Groups["query"].Value;
                }
            }
        }
    }

    private static IEnumerable<string> Files() =>
        System.IO.Directory.EnumerateFiles(ConformanceData.PathOf("promqltest"), "*.test").Order(StringComparer.Ordinal);

    [GeneratedRegex("^eval(?<kind>_[a-z]+)?\\s+(instant\\s+(at\\s+\\S+\\s+)?|range\\s+from\\s+\\S+\\s+to\\s+\\S+\\s+step\\s+\\S+\\s+)(?<query>.+)$")]
    private static partial Regex Eval();
}
