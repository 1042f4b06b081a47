using System.CommandLine;
using RemoteStore.Model;
using RemoteStore.ObjectStore.S3;

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
        Command dump = OnBlocks(
            "dump", "Print samples as text, a line each.", errors,
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
            OnBlocks("ls", "List blocks.", errors, (blocks, _, cancellationToken) => BlockCommands.ListAsync(blocks, output, cancellationToken)),
            OnBlocks("inspect", "Tell what blocks hold and where their bytes go.", errors, (blocks, _, cancellationToken) => BlockCommands.InspectAsync(blocks, output, cancellationToken)),
            OnBlocks(
                "verify", "Read blocks whole and name every damaged place.", errors,
                (blocks, _, cancellationToken) => BlockCommands.VerifyAsync(blocks, output, ProgressLine.On(errors), cancellationToken)),
            dump,
            TransferCommandTree.BlockImport(output, errors),
            TransferCommandTree.BlockExport(output, errors),
        };
    }

    /// <summary>A command on blocks of a local path, or of a bucket of S3.</summary>
    private static Command OnBlocks(
        string name, string description, TextWriter errors, Func<IReadOnlyList<FoundBlock>, ParseResult, CancellationToken, Task<int>> run)
    {
        var path = new Argument<string?>("PATH")
        {
            Description = "A block, a directory of blocks, or a data directory, whose bucket is looked into, too.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var directory = new Option<string?>("--data-dir") { Description = "As PATH: the data directory of a server." };
        var bucketDirectory = new Option<string?>("--bucket-dir") { Description = "As PATH: the directory of a bucket." };
        var endpoint = new Option<string?>("--s3-endpoint")
        {
            Description = $"Instead of PATH: host of an S3-compatible store. Keys are taken from {S3Place.AccessKeyVariable} and {S3Place.SecretKeyVariable}.",
        };
        var bucket = new Option<string>("--s3-bucket") { Description = "Its bucket.", DefaultValueFactory = static _ => "" };
        var region = new Option<string>("--s3-region") { Description = "Region that requests are signed for.", DefaultValueFactory = static _ => new S3Options().Region };
        var prefix = new Option<string>("--s3-prefix") { Description = "What all names begin with.", DefaultValueFactory = static _ => "" };
        var clearText = new Option<bool>("--s3-clear-text") { Description = "Speak without TLS." };
        var command = new Command(name, description) { path, directory, bucketDirectory, endpoint, bucket, region, prefix, clearText };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                string[] places = [.. new[] { parsed.GetValue(path), parsed.GetValue(directory), parsed.GetValue(bucketDirectory) }.OfType<string>()];
                if (places.Length + (parsed.GetValue(endpoint) is null ? 0 : 1) != 1)
                {
                    throw new FormatException("name one place: PATH, --data-dir, --bucket-dir, or --s3-endpoint with --s3-bucket");
                }

                if (places.Length == 1)
                {
                    return await run(BlockFolders.FindBlocks(places[0]), parsed, cancellationToken);
                }

                var options = new S3Options
                {
                    Endpoint = parsed.GetRequiredValue(endpoint) ?? "",
                    Bucket = parsed.GetRequiredValue(bucket),
                    Region = parsed.GetRequiredValue(region),
                    UseTls = !parsed.GetValue(clearText),
                };
                using S3Place s3 = S3Place.Open(options, parsed.GetRequiredValue(prefix), Environment.GetEnvironmentVariable);
                return await run(await s3.FindAsync(cancellationToken), parsed, cancellationToken);
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
