using System.Diagnostics;
using System.Globalization;

namespace RemoteStore.Benchmarks.Gateway;

/// <summary>
/// <c>gateway [BLOCKS [SERIES]]</c>: blocks of two hours in a directory, and what a store-gateway costs that reads them: time until it is ready, memory, reads and
/// time of queries that touch every block. Two processes, so that the memory of the second is that of the gateway. <c>gateway write DIR BLOCKS SERIES</c> and
/// <c>gateway measure DIR</c> are the halves of it.
/// </summary>
internal static class GatewayCommand
{
    public static int Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["write", var directory, var blocks, var series]:
                new GatewayBlocks(directory, Number(series)).WriteAsync(Number(blocks)).GetAwaiter().GetResult();
                return 0;
            case ["measure", var directory]:
                new GatewayMeasure(directory).RunAsync().GetAwaiter().GetResult();
                return 0;
            case []:
                return RunBoth("1000", "100000");
            case [var blocks]:
                return RunBoth(blocks, "100000");
            case [var blocks, var series]:
                return RunBoth(blocks, series);
            default:
                Console.Error.WriteLine("usage: gateway [BLOCKS [SERIES]] | gateway write DIR BLOCKS SERIES | gateway measure DIR");
                return 1;
        }
    }

    private static int RunBoth(string blocks, string series)
    {
        string root = Directory.CreateTempSubdirectory("gateway-").FullName;
        try
        {
            int code = Start("write", root, blocks, series);
            return code != 0 ? code : Start("measure", root);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static int Start(params string[] arguments)
    {
        // The host of this program is its own executable, or dotnet, which needs the name of the assembly.
        string[] command = Environment.GetCommandLineArgs();
        string program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add(command[0]);
        }

        start.ArgumentList.Add("gateway");
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
