using System.CommandLine;
using RemoteStore.Model;

namespace RemoteStore.Tool.Commands;

/// <summary>Arguments and options of <c>rstool block …</c></summary>
internal static class BlockCommandTree
{
    /// <summary>Builds the commands.</summary>
    public static Command Create(ToolSurroundings around)
    {
        TextWriter output = around.Output;
        TextWriter errors = around.Errors;
        var match = new Option<string?>("--match") { Description = "Only series of this selector, such as 'up{job=\"node\"}'." };
        var from = new Option<string?>("--from") { Description = "Only samples at or after this time: RFC 3339, or seconds since the epoch." };
        var to = new Option<string?>("--to") { Description = "Only samples at or before this time." };
        var seriesOnly = new Option<bool>("--series") { Description = "Print label sets without their samples." };
        Command dump = OnBlocks(
            "dump", "Print samples as text, a line each.", around,
            (blocks, parsed, cancellationToken) => BlockDump.RunAsync(
                blocks,
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
            OnBlocks("ls", "List blocks.", around, (blocks, _, cancellationToken) => BlockCommands.ListAsync(blocks, output, cancellationToken)),
            OnBlocks("inspect", "Tell what blocks hold and where their bytes go.", around, (blocks, _, cancellationToken) => BlockCommands.InspectAsync(blocks, output, cancellationToken)),
            OnBlocks(
                "verify", "Read blocks whole and name every damaged place.", around,
                (blocks, _, cancellationToken) => BlockCommands.VerifyAsync(blocks, output, ProgressLine.On(errors), cancellationToken)),
            dump,
            TransferCommandTree.BlockImport(around),
            TransferCommandTree.BlockExport(around),
        };
    }

    /// <summary>A command on blocks of a local path, or of a bucket.</summary>
    private static Command OnBlocks(
        string name, string description, ToolSurroundings around, Func<IReadOnlyList<FoundBlock>, ParseResult, CancellationToken, Task<int>> run)
    {
        var path = new Argument<string?>("PATH")
        {
            Description = "A block, a directory of blocks, or a data directory, whose bucket is looked into, too. Instead of it: the server's options for its bucket.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command(name, description) { path };
        var bucket = new BucketOptions(command, around.Variable);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                if (parsed.GetValue(path) is { } local)
                {
                    return bucket.AnyFlag(parsed)
                        ? throw new FormatException("name one place: PATH, or the options of a bucket")
                        : await run(BlockFolders.FindBlocks(local), parsed, cancellationToken);
                }

                using var blocks = new BucketBlocks(bucket.Read(parsed), bucket.DataDirectory(parsed));
                return await run(await blocks.FindAsync(cancellationToken), parsed, cancellationToken);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
            {
                around.Fail(e);
                return ToolCommands.Unsound;
            }
        });
        return command;
    }
}
