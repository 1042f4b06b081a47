using RemoteStore.CompatTests.Http;
using RemoteStore.CompatTests.Peers;
using RemoteStore.Tool.Commands;
using Shouldly;

namespace RemoteStore.CompatTests.Rules;

/// <summary>Unit tests of rules have the same outcome in promtool 2.42 and in the tool.</summary>
public sealed class RuleTestDifferenceTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(3);

    /// <summary>How an entry begins that tells of a test or rule that fails, not of a file that cannot be read.</summary>
    private static readonly string[] s_failures = ["    alertname: ", "    expr: ", "    rule: "];

    [PeerFact("promtool")]
    public async Task TestRules_OwnFiles_PassOrFailAlikeInTheSameWords()
    {
        using var timeout = new CancellationTokenSource(s_timeout);
        string[] files = Directory.GetFiles(Path.Combine(Root(), "compat-tests", "rules"), "*.yml");
        files.Length.ShouldBeGreaterThan(20);
        var differences = new List<string>();
        int passing = 0;
        foreach (string file in files.Order(StringComparer.Ordinal))
        {
            (int expected, string expectedText) = await Promtool.RunAsync(["test", "rules", file], timeout.Token);
            var output = new StringWriter();
            var errors = new StringWriter();
            int actual = await ToolCommands.Create(output, errors).Parse(["test", "rules", file]).InvokeAsync(cancellationToken: timeout.Token);
            passing += expected == 0 ? 1 : 0;
            if (expected != actual)
            {
                differences.Add($"{file}: promtool exits {expected}, rstool {actual}\n{expectedText}\n{errors}");
            }
            else if (Array.Exists(s_failures, failure => expectedText.Contains(failure, StringComparison.Ordinal)) && Comparable(expectedText) != Comparable(errors.ToString()))
            {
                differences.Add($"{file}: promtool says\n{expectedText}\nrstool says\n{errors}");
            }
        }

        differences.ShouldBeEmpty();
        passing.ShouldBeInRange(15, files.Length - 15);
    }

    /// <summary>Without the lines that name a group, which 2.42 does not have for queries.</summary>
    private static string Comparable(string text) =>
        string.Join('\n', text.Split('\n').Where(static line => !line.StartsWith("    name: ", StringComparison.Ordinal)));

    private static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "RemoteStore.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"no RemoteStore.sln above {AppContext.BaseDirectory}");
    }
}
