using System.Globalization;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Merging;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Benchmarks.Compaction;

/// <summary>
/// <c>compaction write DIR SERIES SAMPLES BLOCKS</c> and <c>compaction merge DIR</c>: blocks of two hours that follow each other, and what it costs to make one of
/// them. Two processes, so that the memory of the second is that of the merge.
/// </summary>
internal static class CompactionCommand
{
    private const long RangeMs = 2 * 3600 * 1000;
    private const long StartMs = 1_699_920_000_000; // a multiple of a day

    public static int Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["write", var directory, var series, var samples, var blocks]:
                Write(directory, Number(series), Number(samples), Number(blocks));
                return 0;
            case ["merge", var directory]:
                MergeAsync(directory).GetAwaiter().GetResult();
                return 0;
            default:
                Console.Error.WriteLine("usage: compaction write DIR SERIES SAMPLES BLOCKS | compaction merge DIR");
                return 1;
        }
    }

    private static void Write(string directory, int series, int samples, int blocks)
    {
        for (int b = 0; b < blocks; b++)
        {
            var id = new BlockId((ulong)(StartMs + (b * RangeMs)) << 16, (ulong)b);
            var options = new BlockWriterOptions
            {
                Id = id,
                Tenant = TenantId.Anonymous,
                Range = new(StartMs + (b * RangeMs), StartMs + ((b + 1) * RangeMs)),
                SeriesAreSorted = true,
            };
            using BlockWriter writer = BlockWriter.Create(LocalFileSystem.Instance, Path.Combine(directory, "anonymous", id.ToString()), options);
            SortedLoad.AddTo(writer, series, samples, options.Range);
            BlockMeta meta = writer.Finish(CancellationToken.None);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{id}: {meta.Stats.Series:N0} series, {meta.Stats.FloatSamples:N0} samples, {meta.SizeBytes:N0} bytes"));
        }
    }

    private static async Task MergeAsync(string directory)
    {
        long empty = ProcessStatus.KiB("VmRSS");
        using var cache = new BlockSectionCache(16 << 20);
        var inputs = new List<BlockReader>();
        foreach (string folder in Directory.GetDirectories(Path.Combine(directory, "anonymous")).Order(StringComparer.Ordinal))
        {
            inputs.Add(await BlockReader.OpenAsync(new LocalBlockSource(folder), cache, CancellationToken.None).ConfigureAwait(false));
        }

        var id = new BlockId(0x0200_0000_0000_0000, 1);
        string output = Path.Combine(directory, "merged", id.ToString());
        var options = new BlockWriterOptions
        {
            Id = id,
            Tenant = TenantId.Anonymous,
            Level = 2,
            Range = new(inputs.Min(static i => i.Meta.Range.Start), inputs.Max(static i => i.Meta.Range.End)),
        };
        TimeSpan start = Environment.CpuUsage.TotalTime;
        BlockMeta meta = (await BlockMerger.MergeAsync(inputs, LocalFileSystem.Instance, output, options, BlockMergeOptions.KeepAll, CancellationToken.None).ConfigureAwait(false))!;
        TimeSpan cpu = Environment.CpuUsage.TotalTime - start;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{inputs.Count} blocks to one of {meta.Stats.Series:N0} series, {meta.Stats.FloatSamples:N0} samples, {meta.SizeBytes:N0} bytes: {cpu.TotalSeconds:F2} CPU-s, "
            + $"{cpu.TotalNanoseconds / meta.Stats.FloatSamples:F1} ns a sample, {meta.Stats.FloatSamples / cpu.TotalSeconds / 1e6:F1} M samples a CPU-s; "
            + $"peak resident {ProcessStatus.KiB("VmHWM") / 1024:N0} MiB, {empty / 1024:N0} MiB before"));
        inputs.ForEach(static input => input.Dispose());
        Directory.Delete(Path.Combine(directory, "merged"), recursive: true);
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
