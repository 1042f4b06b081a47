using BenchmarkDotNet.Running;
using RemoteStore.Benchmarks.Load;

switch (args)
{
    case ["load", .. var rest]:
        return LoadCommand.Run(rest);
    case ["bench", .. var rest]:
        _ = BenchmarkSwitcher.FromAssembly(typeof(LoadCommand).Assembly).Run(rest);
        return 0;
    default:
        Console.Error.WriteLine("usage: load --url URL [options]   a remote-write generator (load --help)");
        Console.Error.WriteLine("       load table FILE...         compares results written with --json");
        Console.Error.WriteLine("       bench [options]            BenchmarkDotNet");
        return 1;
}
