using System.Diagnostics;
using RemoteStore.CompatTests.Peers;

namespace RemoteStore.CompatTests.Http;

/// <summary>Runs promtool.</summary>
internal static class Promtool
{
    /// <summary>Runs a command.</summary>
    /// <returns>Its exit code, and standard output with its lines in order, for series have none.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        string file = PeerProcess.Find("promtool") ?? throw new FileNotFoundException("promtool is required (REMOTESTORE_REQUIRE_PEERS=1) and not installed");
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync(cancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        string error = await errors;
        await process.WaitForExitAsync(cancellationToken);
        string[] lines = output.Split('\n');
        Array.Sort(lines, StringComparer.Ordinal);
        return (process.ExitCode, process.ExitCode == 0 ? string.Join('\n', lines) : error);
    }
}
