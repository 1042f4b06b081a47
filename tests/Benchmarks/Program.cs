using BenchmarkDotNet.Running;
using RemoteStore.Benchmarks.Api;
using RemoteStore.Benchmarks.Blocks;
using RemoteStore.Benchmarks.Chunks;
using RemoteStore.Benchmarks.Compaction;
using RemoteStore.Benchmarks.Dashboards;
using RemoteStore.Benchmarks.Gateway;
using RemoteStore.Benchmarks.Load;
using RemoteStore.Benchmarks.Parts;
using RemoteStore.Benchmarks.PromQL;
using RemoteStore.Benchmarks.Queries;
using RemoteStore.Benchmarks.Registry;
using RemoteStore.Benchmarks.Rules;
using RemoteStore.Benchmarks.Stages;
using RemoteStore.Benchmarks.Windows;

switch (args)
{
    case ["load", .. var rest]:
        return LoadCommand.Run(rest);
    case ["stages", .. var rest]:
        return StageCosts.Run(rest);
    case ["parts"]:
        return PartFigures.Run();
    case ["registry", .. var rest]:
        return RegistryMeasure.Run(rest);
    case ["eviction", .. var rest]:
        return EvictionMeasure.Run(rest);
    case ["chunks", .. var rest]:
        return ChunkCommand.Run(rest);
    case ["blocks", .. var rest]:
        return BlocksCommand.Run(rest);
    case ["downsampling", .. var rest]:
        return DownsamplingCommand.Run(rest);
    case ["downsample", .. var rest]:
        return DownsampleCommand.Run(rest);
    case ["longterm", .. var rest]:
        return LongTermCommand.Run(rest);
    case ["compaction", .. var rest]:
        return CompactionCommand.Run(rest);
    case ["gateway", .. var rest]:
        return GatewayCommand.Run(rest);
    case ["dashboards", .. var rest]:
        return DashboardCommand.Run(rest);
    case ["json", .. var rest]:
        return PointsMeasure.Run(rest);
    case ["promql-parse", .. var rest]:
        return ParseMeasure.Run(rest);
    case ["queries", .. var rest]:
        return QueryCommand.Run(rest);
    case ["rules", .. var rest]:
        return RulesCommand.Run(rest);
    case ["bench", .. var rest]:
        _ = BenchmarkSwitcher.FromAssembly(typeof(LoadCommand).Assembly).Run(rest);
        return 0;
    default:
        Console.Error.WriteLine("usage: load --url URL [options]   a remote-write generator (load --help)");
        Console.Error.WriteLine("       load table FILE...         compares results written with --json");
        Console.Error.WriteLine("       stages [SERIES [ROUNDS]]   ns per sample of each stage of an ingest, in process");
        Console.Error.WriteLine("       parts                      ns and bytes per row of parts, level by level");
        Console.Error.WriteLine("       registry [series]          measures the series registry");
        Console.Error.WriteLine("       eviction [series]          measures an eviction of half of the series");
        Console.Error.WriteLine("       chunks [sizes|decode|encode]  sizes and speeds of the chunk codecs on captured data");
        Console.Error.WriteLine("       blocks [captured|load [SERIES [HOURS]]|open]  sizes, speeds and memory of blocks");
        Console.Error.WriteLine("       downsampling [SERIES [DAYS]]  sizes and speed of blocks of windows");
        Console.Error.WriteLine("       downsample write|make DIR ...    speed and memory of downsampling one block");
        Console.Error.WriteLine("       longterm [SERIES [DAYS]]   a year in three tiers: sizes, speed, cold queries");
        Console.Error.WriteLine("       longterm make|query DIR ...   the same in two steps, for more queries");
        Console.Error.WriteLine("       compaction write|merge DIR ...   speed and memory of making one block of several");
        Console.Error.WriteLine("       gateway [BLOCKS [SERIES]]  start, memory and reads of a store-gateway over many blocks");
        Console.Error.WriteLine("       dashboards --url URL [options]  dashboards of 20 panels over HTTP, cold and refreshed");
        Console.Error.WriteLine("       json [POINTS]              ns per point of an answer in JSON");
        Console.Error.WriteLine("       promql-parse [ROUNDS]      us and bytes per query of the PromQL parser");
        Console.Error.WriteLine("       queries --data-dir DIR     processor time of queries, here or at a server (queries --help)");
        Console.Error.WriteLine("       rules file|fill|watch      what it costs a server to evaluate 10,000 rules (rules.sh)");
        Console.Error.WriteLine("       bench [options]            BenchmarkDotNet");
        return 1;
}
