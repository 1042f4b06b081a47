using System.CommandLine;
using System.Reflection;
using RemoteStore.Tool.Commands.Rules;

namespace RemoteStore.Tool.Commands;

/// <summary>The commands of the tool.</summary>
internal static class ToolCommands
{
    /// <summary>Exit code: all that was read is sound.</summary>
    public const int Sound = 0;

    /// <summary>Exit code: something is damaged or cannot be read.</summary>
    public const int Unsound = 1;

    /// <summary>Builds the command tree.</summary>
    /// <param name="output">What was found.</param>
    /// <param name="errors">Why something could not be looked at.</param>
    public static RootCommand Create(TextWriter output, TextWriter errors) => Create(new ToolSurroundings(output, errors, Environment.GetEnvironmentVariable));

    /// <summary>Builds the command tree.</summary>
    public static RootCommand Create(ToolSurroundings around)
    {
        TextWriter output = around.Output;
        TextWriter errors = around.Errors;
        var version = new Command("version", "Print the version.");
        version.SetAction(_ => output.WriteLine($"rstool {Version}"));
        return new RootCommand("Looks into the data directory and the bucket of a RemoteStore, and brings data in and out. Only import and backfill change what is stored.")
        {
            version,
            new Command("parts", "The sorted, immutable files of samples.")
            {
                OnDirectory("ls", "List the live parts.", output, errors, PartsCommands.List),
                OnDirectory("verify", "Read every live part whole and check it.", output, errors, PartsCommands.Verify),
            },
            BlockCommandTree.Create(around),
            TransferCommandTree.Import(around),
            new Command("wal", "The write-ahead log.")
            {
                OnDirectory("inspect", "Read the log whole and tell what it holds and what is missing.", output, errors, WalCommands.Inspect),
            },
            TestCommands.Create(output, errors),
            RuleCheckCommand.Create(Console.OpenStandardInput, output, errors),
            new Command("rules", "Rules over past time.") { RuleBackfillCommand.Create(around) },
        };
    }

    private static string Version =>
        typeof(ToolCommands).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static Command OnDirectory(
        string name, string description, TextWriter output, TextWriter errors, Func<DataDirectory, TextWriter, CancellationToken, int> run)
    {
        var directory = new Argument<string>("DIR") { Description = "Data directory (--data-dir of the server)." };
        var command = new Command(name, description) { directory };
        command.SetAction((parsed, cancellationToken) => Task.Run(
            () =>
            {
                try
                {
                    return run(DataDirectory.Open(parsed.GetRequiredValue(directory)), output, cancellationToken);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
                {
                    errors.WriteLine($"rstool: {e.Message}");
                    return Unsound;
                }
            },
            cancellationToken));
        return command;
    }
}
