using System.Diagnostics;
using System.Globalization;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Benchmarks.Blocks;

/// <summary>Memory and time of a thousand open local blocks, before and after queries over all of them.</summary>
internal static class OpenMany
{
    public static void Run(string directory, int count)
    {
        string[] folders = Write(directory, count);
        using var cache = new BlockSectionCache();
        using var handles = new BlockFileHandles();
        long before = Memory();
        long workingSet = WorkingSet();
        long started = Stopwatch.GetTimestamp();
        BlockReader[] blocks = [.. folders.Select(folder => Open(folder, cache, handles))];
        TimeSpan opening = Stopwatch.GetElapsedTime(started);
        long opened = Memory();
        started = Stopwatch.GetTimestamp();
        foreach (BlockReader block in blocks)
        {
            _ = Query(block, new LabelMatcher(MatchType.Equal, "__name__", "node_load1"), new LabelMatcher(MatchType.Regexp, "instance", "10.1.*"));
        }

        TimeSpan querying = Stopwatch.GetElapsedTime(started);
        long queried = Memory();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} blocks: opened in {opening.TotalMilliseconds:F0} ms, {(opened - before) / 1048576.0:F1} MiB; one metric of each queried in "
            + $"{querying.TotalMilliseconds:F0} ms, then {(queried - before) / 1048576.0:F1} MiB (cache {cache.Bytes / 1048576.0:F1}), resident "
            + $"{(WorkingSet() - workingSet) / 1048576.0:F1} MiB more than before, {handles.Count} files open"));
        foreach (BlockReader block in blocks)
        {
            block.Dispose();
        }
    }

    public static BlockReader Open(string folder, BlockSectionCache cache, BlockFileHandles? handles) =>
        BlockReader.OpenAsync(new LocalBlockSource(folder, handles), cache, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public static long ReadAll(BlockReader block) => Query(block, new LabelMatcher(MatchType.NotEqual, "__name__", ""));

    private static long Query(BlockReader block, params LabelMatcher[] matchers) => QueryAsync(block, matchers).GetAwaiter().GetResult();

    private static async Task<long> QueryAsync(BlockReader block, LabelMatcher[] matchers)
    {
        long samples = 0;
        await using IQuerier querier = block.OpenQuerier(QueryRange.All);
        await using ISeriesSet set = await querier.SelectAsync(true, new SelectHints(QueryRange.All), matchers, CancellationToken.None);
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            samples += set.Current.Samples.Count;
        }

        return samples;
    }

    private static string[] Write(string directory, int count)
    {
        const int Series = 2000;
        var load = new GeneratedLoad(Series);
        load.Next();
        string[] folders = new string[count];
        for (int b = 0; b < count; b++)
        {
            var writer = new BlockFileWriter(directory, load.FirstTime);
            for (int i = 0; i < Series; i++)
            {
                writer.Add(load.Labels(i), load.Timestamps(i).AsSpan(0, 60), load.Values(i).AsSpan(0, 60));
            }

            _ = writer.Finish();
            folders[b] = writer.Directory;
        }

        return folders;
    }

    private static long Memory()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static long WorkingSet()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
