using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Benchmarks.Compaction;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Downsampler;
using RemoteStore.Model;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Telemetry;

namespace RemoteStore.Benchmarks.Windows;

/// <summary>
/// <c>downsample write DIR SERIES SAMPLES</c> and <c>downsample make DIR [ROUNDS]</c>: a block of a day in a directory, and what it costs to downsample it to both
/// tiers: read, folded, encoded, written, verified, uploaded, read back. Two processes, so that the memory of the second is that of the downsampler.
/// </summary>
internal static class DownsampleCommand
{
    private const long DayMs = 86_400_000;
    private const long StartMs = 19_000 * DayMs;

    public static int Run(string[] arguments)
    {
        switch (arguments)
        {
            case ["write", var directory, var series, var samples]:
                WriteAsync(directory, Number(series), Number(samples)).GetAwaiter().GetResult();
                return 0;
            case ["make", var directory, .. var rounds]:
                MakeAsync(directory, rounds.Length > 0 ? Number(rounds[0]) : 1).GetAwaiter().GetResult();
                return 0;
            default:
                Console.Error.WriteLine("usage: downsample write DIR SERIES SAMPLES | downsample make DIR [ROUNDS]");
                return 1;
        }
    }

    private static async Task WriteAsync(string directory, int series, int samples)
    {
        var options = new BlockWriterOptions
        {
            Id = new BlockId((ulong)StartMs << 16, 1),
            Tenant = TenantId.Anonymous,
            Range = new(StartMs, StartMs + DayMs),
            Sources = ["1"],
            SeriesAreSorted = true,
        };
        string local = Path.Combine(directory, "local", TenantId.Anonymous.Name, options.Id.ToString());
        using (BlockWriter writer = BlockWriter.Create(LocalFileSystem.Instance, local, options))
        {
            SortedLoad.AddTo(writer, series, samples, options.Range);
            BlockMeta meta = writer.Finish(CancellationToken.None);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{meta.Stats.Series:N0} series, {meta.Stats.FloatSamples:N0} samples, {meta.SizeBytes:N0} bytes"));
        }

        _ = await new BlockUploader(BucketIn(directory), Failpoints.None).UploadAsync(local, CancellationToken.None);
        Directory.Delete(local, recursive: true);
    }

    private static async Task MakeAsync(string directory, int rounds)
    {
        FileSystemBucket bucket = BucketIn(directory);
        var clock = new SetClock(StartMs + (20 * DayMs));
        var indexes = new BucketIndexStore(bucket, clock);
        long empty = ProcessStatus.KiB("VmRSS");
        for (int round = 0; round < rounds; round++)
        {
            BucketIndex index = await ListAsync(indexes);
            var downsampler = new DownsamplerService(
                new DownsamplerContext
                {
                    Options = new DownsamplerOptions { WorkDirectory = Path.Combine(directory, "downsampler") },
                    Bucket = bucket,
                    Files = LocalFileSystem.Instance,
                    Metrics = new DownsamplerMetrics(new MetricsRegistry()),
                    Logger = NullLogger.Instance,
                    Time = clock,
                    Random = new Random(round),
                },
                null);
            long allocated = GC.GetTotalAllocatedBytes();
            TimeSpan before = Environment.CpuUsage.TotalTime;
            await using (downsampler)
            {
                _ = await downsampler.RunRoundAsync(CancellationToken.None);
            }

            TimeSpan cpu = Environment.CpuUsage.TotalTime - before;
            long samples = index.Blocks.Sum(static block => block.Meta.Stats.FloatSamples);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{samples:N0} samples to both tiers: {cpu.TotalSeconds:F2} CPU-s, {samples / cpu.TotalSeconds / 1e6:F1} M samples a CPU-s; "
                + $"{(GC.GetTotalAllocatedBytes() - allocated) >> 20:N0} MiB allocated; peak resident {ProcessStatus.KiB("VmHWM") / 1024:N0} MiB, {empty / 1024:N0} MiB before"));
            foreach (BlockMeta made in (await ListAsync(indexes)).Blocks.Select(static block => block.Meta).Where(static meta => meta.ResolutionMs > 0))
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"  {made.ResolutionMs / 1000} s: {made.Stats.Series:N0} columns, {made.Stats.FloatSamples:N0} values, {made.SizeBytes:N0} bytes"));
                foreach (BlockFile file in Enum.GetValues<BlockFile>())
                {
                    await bucket.DeleteAsync(BucketLayout.File(made.Tenant, made.Id, file), CancellationToken.None);
                }
            }
        }
    }

    private static FileSystemBucket BucketIn(string directory) => new(LocalFileSystem.Instance, Path.Combine(directory, "bucket"));

    private static async Task<BucketIndex> ListAsync(BucketIndexStore indexes) =>
        (await indexes.UpdateAsync(TenantId.Anonymous, null, CancellationToken.None)).Index;

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
