using System.CommandLine;
using System.Text;
using RemoteStore.Model.Regexp;
using RemoteStore.PromQL;
using RemoteStore.Ruler.Files;
using RemoteStore.Ruler.Yaml;

namespace RemoteStore.Tool.Commands.Rules;

/// <summary><c>rstool test rules</c>: unit tests of rules, with the files and the output of <c>promtool test rules</c>.</summary>
internal static class RuleTestCommand
{
    /// <summary>Builds the command.</summary>
    /// <param name="output">What passes.</param>
    /// <param name="errors">What fails.</param>
    public static Command Create(TextWriter output, TextWriter errors)
    {
        var files = new Argument<string[]>("FILE") { Description = "Files of unit tests, in the format of promtool.", Arity = ArgumentArity.OneOrMore };
        var run = new Option<string[]>("--run") { Description = "Only tests whose names match this regular expression; may be repeated.", DefaultValueFactory = static _ => [] };
        var unknown = new Option<bool>("--ignore-unknown-fields") { Description = "Pass over fields of the files that are not known." };
        var features = new Option<string[]>("--enable-feature")
        {
            Description = "Features of Prometheus, separated by commas: promql-delayed-name-removal; what else Prometheus has behind features is always on.",
            DefaultValueFactory = static _ => [],
        };
        var command = new Command("rules", "Run unit tests of rules.") { files, run, unknown, features };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!TryPatterns(parsed.GetValue(run) ?? [], errors, out List<Re2Captures> patterns))
            {
                return ToolCommands.Unsound;
            }

            bool delayed = (parsed.GetValue(features) ?? []).Any(static list => list.Split(',').Contains("promql-delayed-name-removal"));
            var engine = new EngineOptions { DelayedNameRemoval = delayed };
            int code = ToolCommands.Sound;
            foreach (string file in parsed.GetRequiredValue(files))
            {
                await output.WriteLineAsync($"Unit Testing:  {file}").ConfigureAwait(false);
                IReadOnlyList<string> failures = await RunAsync(file, patterns, parsed.GetValue(unknown), engine, errors, cancellationToken).ConfigureAwait(false);
                if (failures.Count == 0)
                {
                    await output.WriteLineAsync("  SUCCESS").ConfigureAwait(false);
                }
                else
                {
                    code = ToolCommands.Unsound;
                    await errors.WriteLineAsync("  FAILED:").ConfigureAwait(false);
                    foreach (string failure in failures)
                    {
                        await errors.WriteLineAsync(failure).ConfigureAwait(false);
                        await output.WriteLineAsync().ConfigureAwait(false);
                    }
                }

                await output.WriteLineAsync().ConfigureAwait(false);
            }

            return code;
        });
        return command;
    }

    private static bool TryPatterns(string[] texts, TextWriter errors, out List<Re2Captures> patterns)
    {
        patterns = [];
        foreach (string text in texts)
        {
            if (!Re2Captures.TryParse(text, out Re2Captures? pattern, out string? error, dotMatchesNewline: false))
            {
                errors.WriteLine($"rstool: --run {text}: {error}");
                return false;
            }

            patterns.Add(pattern);
        }

        return true;
    }

    private static async Task<IReadOnlyList<string>> RunAsync(
        string path, List<Re2Captures> patterns, bool ignoreUnknownFields, EngineOptions engine, TextWriter errors, CancellationToken cancellationToken)
    {
        try
        {
            UnitTestFile file = UnitTestReader.Read(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), ignoreUnknownFields, out IReadOnlyList<YamlFault> faults);
            if (faults.Count > 0)
            {
                return [.. faults.Select(fault => $"{path}: {fault.Position}: {fault.Reason}")];
            }

            if (file.GroupOrder.GroupBy(static name => name).FirstOrDefault(static names => names.Skip(1).Any()) is { } repeated)
            {
                return [$"group name repeated in evaluation order: {repeated.Key}"];
            }

            (List<RuleGroup> groups, List<string> failures) = await LoadRulesAsync(path, file, ignoreUnknownFields, errors, cancellationToken).ConfigureAwait(false);
            foreach (UnitTestGroup test in failures.Count > 0 ? [] : file.Tests.Where(test => IsWanted(patterns, test.Name)))
            {
                failures.AddRange(await new UnitTestRun(file, test, groups, engine).RunAsync(cancellationToken).ConfigureAwait(false));
            }

            return failures;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            return [e.Message];
        }
    }

    private static bool IsWanted(List<Re2Captures> patterns, string name) =>
        patterns.Count == 0 || patterns.Exists(pattern => pattern.TryFind(Encoding.UTF8.GetBytes(name), 0, out _, CancellationToken.None));

    /// <summary>All groups of the rule files, in the order of evaluation, or what is wrong with the files.</summary>
    private static async Task<(List<RuleGroup> Groups, List<string> Faults)> LoadRulesAsync(
        string path, UnitTestFile file, bool ignoreUnknownFields, TextWriter errors, CancellationToken cancellationToken)
    {
        string folder = Path.GetDirectoryName(path) ?? "";
        var groups = new List<RuleGroup>();
        var faults = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string pattern in file.RuleFiles)
        {
            IReadOnlyList<string> found = PathGlob.Find(pattern.Length == 0 || Path.IsPathRooted(pattern) ? pattern : Path.Combine(folder, pattern));
            if (found.Count == 0)
            {
                await errors.WriteLineAsync($"  WARNING: no file match pattern {pattern}").ConfigureAwait(false);
            }

            foreach (string rules in found.Where(seen.Add))
            {
                byte[] text = await File.ReadAllBytesAsync(rules, cancellationToken).ConfigureAwait(false);
                RuleFile read = RuleFileReader.Read(rules, text, new RuleFileOptions { IgnoreUnknownFields = ignoreUnknownFields });
                groups.AddRange(read.Groups);
                faults.AddRange(read.Faults.Select(static fault => fault.ToString()));
            }
        }

        Dictionary<string, int> order = file.GroupOrder.Index().ToDictionary(static entry => entry.Item, static entry => entry.Index, StringComparer.Ordinal);
        return ([.. groups.OrderBy(group => order.GetValueOrDefault(group.Name))], faults);
    }
}
