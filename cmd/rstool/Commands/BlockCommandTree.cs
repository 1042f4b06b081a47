using System.CommandLine;
using RemoteStore.Model;

namespace RemoteStore.Tool.Commands;

/// <summary>Arguments and options of <c>rstool block …</c></summary>
internal static class BlockCommandTree
{
    /// <summary>Builds the commands.</summary>
    /// <param name="output">What was found.</param>
    /// <param name="errors">Progress, and why something could not be looked at.</param>
    public static Command Create(TextWriter output, TextWriter errors)
    {
        var match = new Option<string?>("--match") { Description = "Only series of this selector, such as 'up{job=\"node\"}'." };
        var from = new Option<string?>("--from") { Description = "Only samples at or after this time: RFC 3339, or seconds since the epoch." };
        var to = new Option<string?>("--to") { Description = "Only samples at or before this time." };
        var seriesOnly = new Option<bool>("--series") { Description = "Print label sets without their samples." };
        Command dump = OnPath(
            "dump", "Print samples as text, a line each.", errors,
            (path, parsed, cancellationToken) => BlockDump.RunAsync(
                path,
                parsed.GetValue(match),
                new QueryRange(
                    parsed.GetValue(from) is { } start ? TimeText.Parse(start) : long.MinValue, parsed.GetValue(to) is { } end ? TimeText.Parse(end) : long.MaxValue),
                parsed.GetValue(seriesOnly), output, ProgressLine.On(errors), cancellationToken));
        dump.Add(match);
        dump.Add(from);
        dump.Add(to);
        dump.Add(seriesOnly);
        return new Command("block", "Immutable blocks of samples.")
        {
            OnPath("ls", "List blocks.", errors, (path, _, cancellationToken) => BlockCommands.ListAsync(path, output, cancellationToken)),
            OnPath("inspect", "Tell what blocks hold and where their bytes go.", errors, (path, _, cancellationToken) => BlockCommands.InspectAsync(path, output, cancellationToken)),
            OnPath(
                "verify", "Read blocks whole and name every damaged place.", errors,
                (path, _, cancellationToken) => BlockCommands.VerifyAsync(path, output, ProgressLine.On(errors), cancellationToken)),
            dump,
            TransferCommandTree.BlockImport(output, errors),
            TransferCommandTree.BlockExport(output, errors),
        };
    }

    private static Command OnPath(string name, string description, TextWriter errors, Func<string, ParseResult, CancellationToken, Task<int>> run)
    {
        var path = new Argument<string>("PATH") { Description = "A block, a directory of blocks, or a data directory." };
        var command = new Command(name, description) { path };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                return await run(parsed.GetRequiredValue(path), parsed, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                errors.WriteLine($"rstool: {e.Message}");
                return ToolCommands.Unsound;
            }
        });
        return command;
    }
}
