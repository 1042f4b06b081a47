using System.Globalization;
using RemoteStore.CompatTests.Peers;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;
using Shouldly;
using Xunit.Abstractions;

namespace RemoteStore.CompatTests.Queries;

/// <summary>Prometheus and this server answer the same generated queries over the same samples.</summary>
public sealed class QueryDifferenceTests(ITestOutputHelper output)
{
    /// <summary>How many queries to compare; the full form is 5,000.</summary>
    private const string CountVariable = "REMOTESTORE_QUERY_COUNT";

    /// <summary>Decides data and queries; the full form draws one.</summary>
    private const string SeedVariable = "REMOTESTORE_QUERY_SEED";

    private readonly Dictionary<string, double> _largest = [];

    [PeerFact("prometheus")]
    public async Task Query_GeneratedQueries_AnswersOfPrometheus()
    {
        int count = Setting(CountVariable, 600);
        int seed = Setting(SeedVariable, 242);
        output.WriteLine($"{SeedVariable}={seed} {CountVariable}={count}");
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(120 + (count / 2)));
        var data = QueryData.Create(seed);
        await using ServerPair pair = await ServerPair.StartAsync(data.Series, timeout.Token);
        var calls = new QueryCalls(seed, data.Metrics);
        var tally = new DifferenceTally();
        for (int i = 0; i < count; i++)
        {
            await CompareAsync(pair, calls.Next(), tally, timeout.Token);
        }

        tally.Print(output.WriteLine);
        tally.Differences.ShouldBeEmpty($"seed {seed}:\n{string.Join("\n\n", tally.Differences.Take(10))}");
        tally.Answered.ShouldBeGreaterThan(count * 3 / 5, "too many queries have empty answers or errors to tell much");
    }

    private static int Setting(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private async Task CompareAsync(ServerPair pair, QueryCall call, DifferenceTally tally, CancellationToken cancellationToken)
    {
        Task<QueryAnswer> asked = call.AskAsync(pair.Theirs.Client.Http, call.Text, cancellationToken);
        string text = Renamed(call.Text);
        QueryAnswer actual = await call.AskAsync(pair.Ours.Client.Http, text, cancellationToken);
        QueryAnswer expected = await asked;
        bool ordered = call.Step == 0 && call.Text.StartsWith("sort", StringComparison.Ordinal);
        string? difference = AnswerComparison.Find(expected, actual, 0, ordered);
        double bound = 0;
        if (difference is not null && expected.Error is null && actual.Error is null)
        {
            bound = await CancellationBound.OfAsync(text, operand => LargestAsync(pair, operand, cancellationToken));
            difference = AnswerComparison.Find(expected, actual, bound, ordered);
            tally.NeededBound += difference is null ? 1 : 0;
        }

        tally.Add(call, expected, difference, difference is null ? null : KnownChange.All.FirstOrDefault(change => Explains(change)));

        bool Explains(KnownChange change) => Concerns(change, text) &&
            (change.ComparedBy is not { } part || AnswerComparison.Find(part(expected), part(actual), bound, ordered) is null);
    }

    /// <summary>The largest finite magnitude of an instant vector over all of the data.</summary>
    private async Task<double> LargestAsync(ServerPair pair, string operand, CancellationToken cancellationToken)
    {
        if (!_largest.TryGetValue(operand, out double largest))
        {
            var call = new QueryCall(operand, QueryData.Start + 607, QueryData.Start + QueryData.Length, 30);
            string theirs = operand.Replace("double_exponential_smoothing(", "holt_winters(", StringComparison.Ordinal);
            QueryAnswer answer = await call.AskAsync(pair.Theirs.Client.Http, theirs, cancellationToken);
            largest = answer.Series.SelectMany(static s => s.Points).Select(static p => Math.Abs(p.Value)).Where(double.IsFinite).DefaultIfEmpty(0).Max();
            _largest[operand] = largest;
        }

        return largest;
    }

    private static string Renamed(string query) => query.Replace("holt_winters(", "double_exponential_smoothing(", StringComparison.Ordinal);

    private static bool Concerns(KnownChange change, string query)
    {
        if (!PromQLParser.TryParse(query, out Expr? root, out _))
        {
            return false;
        }

        var open = new Stack<Expr>([root]);
        while (open.TryPop(out Expr? node))
        {
            if (change.Concerns(node))
            {
                return true;
            }

            foreach (Expr child in node.Children())
            {
                open.Push(child);
            }
        }

        return false;
    }
}
