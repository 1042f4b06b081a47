using System.CommandLine;
using System.Globalization;
using System.Text;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Tool.Commands.Rules;

/// <summary><c>rstool check rules</c>: whether rule files are valid, with the output and exit codes of <c>promtool check rules</c>.</summary>
internal static class RuleCheckCommand
{
    /// <summary>Exit code: the files are valid, but bad style, and that is to be fatal.</summary>
    public const int BadStyle = 3;

    /// <summary>Builds the command.</summary>
    /// <param name="input">What is checked when no files are named.</param>
    /// <param name="output">What is valid.</param>
    /// <param name="errors">What is not.</param>
    public static Command Create(Func<Stream> input, TextWriter output, TextWriter errors)
    {
        var files = new Argument<string[]>("FILE") { Description = "Rule files; none for the standard input.", Arity = ArgumentArity.ZeroOrMore };
        var lint = new Option<string>("--lint")
        {
            Description = "What style to check: all, duplicate-rules, none.",
            DefaultValueFactory = static _ => "duplicate-rules",
        };
        lint.AcceptOnlyFromAmong("all", "duplicate-rules", "none");
        var fatal = new Option<bool>("--lint-fatal") { Description = "Exit with code 3 when the style is bad." };
        var unknown = new Option<bool>("--ignore-unknown-fields") { Description = "Pass over fields of the files that are not known." };
        var command = new Command("rules", "Check whether rule files are valid.") { files, lint, fatal, unknown };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new RuleFileOptions { IgnoreUnknownFields = parsed.GetValue(unknown) };
            bool checksStyle = parsed.GetValue(lint) != "none";
            bool broken = false;
            bool badStyle = false;
            string[] names = parsed.GetValue(files) is { Length: > 0 } named ? named : ["standard input"];
            bool isInput = parsed.GetValue(files) is not { Length: > 0 };
            foreach (string name in names)
            {
                await output.WriteLineAsync($"Checking {name}").ConfigureAwait(false);
                (int count, List<string> faults, string? style) = await CheckAsync(name, isInput ? input : () => File.OpenRead(name), options, checksStyle, cancellationToken).ConfigureAwait(false);
                broken |= faults.Count > 0;
                badStyle |= style is not null;
                if (style is not null)
                {
                    faults.Add(style);
                }

                if (faults.Count == 0)
                {
                    await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  SUCCESS: {count} rules found")).ConfigureAwait(false);
                }
                else
                {
                    await errors.WriteLineAsync("  FAILED:").ConfigureAwait(false);
                    foreach (string fault in faults)
                    {
                        await errors.WriteLineAsync(fault).ConfigureAwait(false);
                    }
                }

                await output.WriteLineAsync().ConfigureAwait(false);
            }

            return broken ? ToolCommands.Unsound : badStyle && parsed.GetValue(fatal) ? BadStyle : ToolCommands.Sound;
        });
        return new Command("check", "Check files of rules.") { command };
    }

    private static async Task<(int Rules, List<string> Faults, string? Style)> CheckAsync(
        string name, Func<Stream> open, RuleFileOptions options, bool checksStyle, CancellationToken cancellationToken)
    {
        try
        {
            Stream stream = open();
            await using (stream.ConfigureAwait(false))
            {
                var text = new MemoryStream();
                await stream.CopyToAsync(text, cancellationToken).ConfigureAwait(false);
                RuleFile file = RuleFileReader.Read(name, text.ToArray(), options);
                return (file.Groups.Sum(static group => group.Rules.Count), [.. file.Faults.Select(static fault => fault.ToString())], checksStyle ? Duplicates(file) : null);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (0, [$"{name}: {e.Message}"], null);
        }
    }

    /// <summary>Rules of the same name and labels, which write the same series or raise the same alerts.</summary>
    private static string? Duplicates(RuleFile file)
    {
        List<Rule> repeated = [.. file.Groups.SelectMany(static group => group.Rules)
            .GroupBy(static rule => string.Join('\0', rule.OwnLabels.SelectMany(static label => (string[])[label.Key, label.Value]).Prepend(rule.Name)), StringComparer.Ordinal)
            .SelectMany(static same => same.Skip(1))
            .OrderBy(static rule => rule.Name, StringComparer.Ordinal)];
        if (repeated.Count == 0)
        {
            return null;
        }

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"lint error {repeated.Count} duplicate rule(s) found.\n");
        foreach (Rule rule in repeated)
        {
            text.Append(CultureInfo.InvariantCulture, $"Metric: {rule.Name}\nLabel(s):\n");
            foreach ((string label, string value) in rule.OwnLabels)
            {
                text.Append(CultureInfo.InvariantCulture, $"\t{label}: {value}\n");
            }
        }

        return text.Append("Might cause inconsistency while recording expressions").ToString();
    }
}
