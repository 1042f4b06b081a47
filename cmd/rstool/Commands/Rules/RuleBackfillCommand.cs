using System.CommandLine;
using RemoteStore.Model;
using RemoteStore.Ruler.Files;

namespace RemoteStore.Tool.Commands.Rules;

/// <summary>Arguments and options of <c>rstool rules backfill</c>.</summary>
internal static class RuleBackfillCommand
{
    private const int DayHours = 24;

    /// <summary>Builds the command.</summary>
    public static Command Create(ToolSurroundings around)
    {
        var files = new Argument<string[]>("FILE") { Description = "Rule files; alerting rules in them are passed over.", Arity = ArgumentArity.OneOrMore };
        var start = new Option<string>("--start") { Description = "First evaluation: RFC 3339, or seconds since the epoch.", Required = true };
        var end = new Option<string>("--end") { Description = "Last evaluation.", Required = true };
        var interval = new Option<string>("--interval") { Description = "Distance of evaluations of groups that do not say.", DefaultValueFactory = static _ => "1m" };
        var hours = new Option<int>("--block-hours") { Description = "Length of a block: 2 or 24. Samples of a block are held in memory.", DefaultValueFactory = static _ => DayHours };
        hours.AcceptOnlyFromAmong("2", "24");
        Command command = TransferCommandTree.OnStore(
            "backfill", "Evaluate recording rules over past time, each after those that it reads, into the bucket of a server.", around,
            (store, tenant, parsed, cancellationToken) =>
            {
                var times = new QueryRange(TimeText.Parse(parsed.GetRequiredValue(start)), TimeText.Parse(parsed.GetRequiredValue(end)));
                if (!PrometheusDuration.TryParse(parsed.GetRequiredValue(interval), out TimeSpan step, out string? fault) || step <= TimeSpan.Zero)
                {
                    throw new FormatException($"--interval: {fault ?? "it has to be above zero"}");
                }

                return times.MaxTime < times.MinTime
                    ? throw new FormatException("--end is before --start")
                    : new RuleBackfill(store, tenant, around.Output, ProgressLine.On(around.Errors)).RunAsync(
                        Read(parsed.GetRequiredValue(files)), times, (long)step.TotalMilliseconds, parsed.GetValue(hours), cancellationToken);
            });
        command.Arguments.Add(files);
        command.Options.Add(start);
        command.Options.Add(end);
        command.Options.Add(interval);
        command.Options.Add(hours);
        return command;
    }

    private static List<RuleGroup> Read(string[] paths)
    {
        RuleFile[] files = [.. paths.Select(static path => RuleFileReader.Read(path, File.ReadAllBytes(path)))];
        List<RuleFileFault> faults = [.. files.SelectMany(static file => file.Faults)];
        return faults.Count > 0
            ? throw new FormatException(string.Join('\n', faults))
            : [.. files.SelectMany(static file => file.Groups)];
    }
}
