using System.Globalization;
using RemoteStore.Benchmarks.Chunks;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;

namespace RemoteStore.Benchmarks.Blocks;

/// <summary><c>blocks [captured|load|open]</c>: what blocks take on disk, in time and in memory, measured on real files.</summary>
internal static class BlocksCommand
{
    public static int Run(string[] arguments)
    {
        string what = arguments.Length > 0 ? arguments[0] : "";
        string directory = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "blocks-" + Environment.ProcessId)).FullName;
        try
        {
            if (what is "" or "captured")
            {
                Captured(directory);
            }

            if (what is "" or "load")
            {
                int series = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 20_000;
                int hours = arguments.Length > 2 ? int.Parse(arguments[2], CultureInfo.InvariantCulture) : 24;
                Load(directory, series, hours);
            }

            if (what is "" or "open")
            {
                OpenMany.Run(directory, 1000);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }

        return 0;
    }

    private static void Captured(string directory)
    {
        if (DumpFile.Find() is not { } dump)
        {
            Console.WriteLine("no captured data: set REMOTESTORE_DATA");
            return;
        }

        List<DumpSeries> all = DumpFile.Read(dump);
        Console.WriteLine("| captured | series | samples | B/sample without label index | index B/series | of it pairs, series, postings, directories | columns |");
        Console.WriteLine("|---|---:|---:|---:|---:|---|---:|");
        foreach ((string name, int every, bool active) in new[] { ("15 s, all", 3, false), ("15 s, active", 3, true), ("5 s, all", 1, false), ("5 s, active", 1, true) })
        {
            var writer = new BlockFileWriter(directory, all[0].TimestampsMs[0]);
            foreach (DumpSeries series in all.Select(s => s.Thin(every)).Where(s => s.Count > 0 && (!active || s.IsActive)))
            {
                writer.Add(series.Labels, series.TimestampsMs, series.ValueBits);
            }

            Console.WriteLine(Row(name, writer.Finish()));
        }
    }

    private static string Row(string name, BlockMeta meta)
    {
        BlockStats stats = meta.Stats;
        long index = stats.PairBytes + stats.SeriesBytes + stats.PostingsBytes + stats.DirectoryBytes;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {name} | {stats.Series:N0} | {stats.FloatSamples:N0} | {(double)meta.Files.Single(f => f.File == BlockFile.Chunks).SizeBytes / stats.FloatSamples:F4} "
            + $"| {(double)index / stats.Series:F2} | {stats.PairBytes:N0}, {stats.SeriesBytes:N0}, {stats.PostingsBytes:N0}, {stats.DirectoryBytes:N0} | {stats.Columns} |");
    }

    private static void Load(string directory, int series, int hours)
    {
        var load = new GeneratedLoad(series);
        long bytes = 0;
        long samples = 0;
        long indexBytes = 0;
        TimeSpan encode = TimeSpan.Zero;
        TimeSpan finish = TimeSpan.Zero;
        BlockMeta? last = null;
        for (int block = 0; block < Math.Max(1, hours / 2); block++)
        {
            load.Next();
            TimeSpan start = Cpu();
            var writer = new BlockFileWriter(directory, load.FirstTime);
            for (int i = 0; i < series; i++)
            {
                writer.Add(load.Labels(i), load.Timestamps(i), load.Values(i));
            }

            TimeSpan added = Cpu();
            last = writer.Finish();
            encode += added - start;
            finish += Cpu() - added;
            bytes += last.SizeBytes + new FileInfo(Path.Combine(writer.Directory, "meta.json")).Length;
            indexBytes += last.Files.Single(f => f.File == BlockFile.Index).SizeBytes;
            samples += last.Stats.FloatSamples;
            if (block == 0)
            {
                Console.WriteLine("| generated, one block | series | samples | B/sample without label index | index B/series | of it pairs, series, postings, directories | columns |");
                Console.WriteLine("|---|---:|---:|---:|---:|---|---:|");
                Console.WriteLine(Row("2 h at 15 s", last));
                Read(writer.Directory, last);
            }

            Directory.Delete(writer.Directory, recursive: true);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{series:N0} series x {hours} h: {samples:N0} samples, {(double)bytes / samples:F4} B/sample index included, index {(double)indexBytes / samples:F4} B/sample, "
            + $"encode {encode.TotalNanoseconds / samples:F1} ns/sample, finish {finish.TotalNanoseconds / samples:F1} ns/sample"));
    }

    private static void Read(string directory, BlockMeta meta)
    {
        using var cache = new BlockSectionCache();
        using BlockReader block = OpenMany.Open(directory, cache, null);
        for (int i = 0; i < 12; i++)
        {
            TimeSpan start = Cpu();
            long read = OpenMany.ReadAll(block);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"read all series: {read:N0} samples, {(Cpu() - start).TotalNanoseconds / meta.Stats.FloatSamples:F2} ns/sample"));
        }
    }

    private static TimeSpan Cpu() => Environment.CpuUsage.TotalTime;
}
