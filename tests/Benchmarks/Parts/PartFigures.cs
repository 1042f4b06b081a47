using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Benchmarks.Parts;

/// <summary>Nanoseconds and bytes per row along a part's life: flush, merge, merge, merge, reads. In a few seconds, without BenchmarkDotNet.</summary>
internal static class PartFigures
{
    private const int FanIn = 9;

    public static int Run()
    {
        foreach ((int series, int samples) in new[] { (50_000, 1), (12_500, 4) })
        {
            Measure(series, samples, report: false); // warms up the code
            Console.WriteLine($"{series} series, {samples} samples per series and flush");
            Measure(series, samples, report: true);
        }

        return 0;
    }

    private static void Measure(int series, int samples, bool report)
    {
        string directory = Directory.CreateDirectory(
            Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), "parts-" + Environment.ProcessId)).FullName;
        try
        {
            using var stages = new Stages(directory, series);
            var rows = new PartRows(series, samples);
            var top = new List<PartInfo>();
            for (int i = 0; i < 3; i++)
            {
                var middle = new List<PartInfo>();
                for (int j = 0; j < FanIn; j++)
                {
                    var flushed = new List<PartInfo>();
                    for (int k = 0; k < FanIn; k++)
                    {
                        rows.Next();
                        flushed.Add(stages.Flush(rows));
                    }

                    stages.Read(0, flushed[^1]);
                    middle.Add(stages.Merge(1, flushed));
                }

                stages.Read(1, middle[^1]);
                top.Add(stages.Merge(2, middle));
            }

            stages.Read(2, top[^1]);
            stages.Read(3, stages.Merge(3, top));
            if (report)
            {
                stages.Print();
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private sealed class Stages(string directory, int series) : IDisposable
    {
        private readonly PartBufferPool _pool = new();
        private readonly (long Rows, long Bytes, TimeSpan Write, long ReadRows, TimeSpan Read)[] _levels = new (long, long, TimeSpan, long, TimeSpan)[4];
        private readonly long[] _perSeries = new long[4];
        private ulong _next = 1;

        public PartInfo Flush(PartRows rows)
        {
            TimeSpan start = Cpu();
            using PartWriter writer = PartWriter.Create(LocalFileSystem.Instance, PathOf(new(_next)), new(_next), 0, PartWriterOptions.Default);
            writer.BeginTenant(TenantId.Anonymous);
            for (int from = 0; from < rows.Count; from += 8192)
            {
                int count = Math.Min(8192, rows.Count - from);
                writer.AddFloats(rows.Refs.AsSpan(from, count), rows.Timestamps.AsSpan(from, count), rows.ValueBits.AsSpan(from, count), []);
            }

            return Written(0, writer.Finish(), Cpu() - start);
        }

        public PartInfo Merge(int level, List<PartInfo> inputs)
        {
            TimeSpan start = Cpu();
            List<PartReader> parts = inputs.ConvertAll(info => PartReader.Open(PathOf(info.Id), _pool));
            // One range for all of time: the figures are of one part per merge.
            MergeOptions options = MergeOptions.Default with { Ranges = new(long.MaxValue) };
            PartInfo info = PartMerger.Merge(
                parts.ConvertAll(static part => new MergeInput(part)),
                LocalFileSystem.Instance,
                Path.GetDirectoryName(PathOf(new(_next)))!,
                () => new(_next),
                level,
                options,
                CancellationToken.None).Parts.Single();
            TimeSpan used = Cpu() - start;
            parts.ForEach(part => part.Dispose());
            inputs.ForEach(input => File.Delete(PathOf(input.Id)));
            return Written(level, info, used);
        }

        public void Read(int level, PartInfo info)
        {
            TimeSpan start = Cpu();
            using PartReader part = PartReader.Open(PathOf(info.Id), _pool);
            using PartCursor cursor = part.OpenCursor(TenantId.Anonymous, QueryRange.All);
            var samples = new SampleBuffer();
            for (uint seriesRef = 0; seriesRef < series; seriesRef++)
            {
                samples.Clear();
                cursor.ReadSeries(seriesRef, samples);
            }

            _levels[level].ReadRows += info.Rows;
            _levels[level].Read += Cpu() - start;
        }

        public void Print()
        {
            Console.WriteLine("| level | samples per series | write ns/row | read all series ns/row | bytes/row |");
            Console.WriteLine("| --- | --- | --- | --- | --- |");
            for (int level = 0; level < _levels.Length; level++)
            {
                (long rows, long bytes, TimeSpan write, long readRows, TimeSpan read) = _levels[level];
                Console.WriteLine(FormattableString.Invariant(
                    $"| {level} | {_perSeries[level]} | {write.TotalNanoseconds / rows:F1} | {read.TotalNanoseconds / readRows:F1} | {(double)bytes / rows:F3} |"));
            }
        }

        public void Dispose() => _pool.Dispose();

        // Processor time, because a busy machine stretches the clock.
        private static TimeSpan Cpu() => Environment.CpuUsage.TotalTime;

        private string PathOf(PartId id) => Path.Combine(directory, id.FileName);

        private PartInfo Written(int level, PartInfo info, TimeSpan elapsed)
        {
            _next++;
            _levels[level].Rows += info.Rows;
            _levels[level].Bytes += info.SizeBytes;
            _levels[level].Write += elapsed;
            _perSeries[level] = info.Rows / series;
            return info;
        }
    }
}
