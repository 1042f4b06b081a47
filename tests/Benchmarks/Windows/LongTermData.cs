using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.Compactor;
using RemoteStore.Downsampler;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Telemetry;

namespace RemoteStore.Benchmarks.Windows;

/// <summary>Makes days of series at 60 s in a directory, downsampled and compacted to three tiers, samples kept for 40 days; prints what that takes.</summary>
internal sealed class LongTermData
{
    private const int RawDays = 40;

    private readonly string _root;
    private readonly int _series;
    private readonly int _days;
    private readonly SetClock _clock;
    private readonly FileSystemBucket _bucket;
    private readonly BucketIndexStore _indexes;

    /// <param name="root">The directory; empty.</param>
    /// <param name="series">How many.</param>
    /// <param name="days">Of how many days.</param>
    public LongTermData(string root, int series, int days)
    {
        _root = root;
        _series = series;
        _days = days;
        _clock = new SetClock(LongTermBlocks.FirstDayMs + ((days + 11) * LongTermBlocks.DayMs));
        _bucket = new FileSystemBucket(LocalFileSystem.Instance, BucketOf(root));
        _indexes = new BucketIndexStore(_bucket, _clock);
    }

    /// <summary>Where the bucket is in the directory.</summary>
    public static string BucketOf(string root) => Path.Combine(root, "bucket");

    /// <summary>Makes them.</summary>
    public async Task MakeAsync()
    {
        var blocks = new LongTermBlocks(Path.Combine(_root, "local"), _series, LongTermBlocks.FirstDayMs);
        await MeasureAsync("write and upload", () => blocks.UploadAsync(_bucket, _days));
        BucketIndex index = await ListAsync();
        PrintTiers("as uploaded", index);

        var downsampler = new DownsamplerService(
            new DownsamplerContext
            {
                Options = new DownsamplerOptions { WorkDirectory = Path.Combine(_root, "downsampler") },
                Bucket = _bucket,
                Files = LocalFileSystem.Instance,
                Metrics = new DownsamplerMetrics(new MetricsRegistry()),
                Logger = NullLogger.Instance,
                Time = _clock,
                Random = new Random(1),
            },
            null);
        await using (downsampler)
        {
            await MeasureAsync("downsample", () => downsampler.RunRoundAsync(CancellationToken.None));
        }

        PrintTiers("downsampled", await ListAsync());
        _clock.Advance(TimeSpan.FromHours(4)); // new blocks wait for others of their kind before they are joined
        var limits = new TenantLimits { Retention = new TenantRetention { Raw = TimeSpan.FromDays(RawDays), Made = [.. DownsamplerOptions.DefaultTiers.Select(static tier => tier.ResolutionMs)] } };
        var indexMetrics = new BlockStoreMetrics(new MetricsRegistry());
        using var updater = new BucketIndexUpdater(
            _indexes, new BucketIndexView(_indexes, indexMetrics, NullLogger.Instance), indexMetrics, NullLogger.Instance, _clock);
        var compactor = new CompactorService(
            new CompactorContext
            {
                Options = new CompactorOptions { WorkDirectory = Path.Combine(_root, "compactor"), DeletionDelay = TimeSpan.Zero },
                Bucket = _bucket,
                UpdateIndex = (tenant, token) => updater.UpdateAsync(tenant, token),
                Files = LocalFileSystem.Instance,
                Metrics = new CompactorMetrics(new MetricsRegistry()),
                Logger = NullLogger.Instance,
                Time = _clock,
                Random = new Random(2),
            },
            new UniformTenantLimits(limits));
        await using (compactor)
        {
            await MeasureAsync("compact", () => compactor.RunRoundAsync(CancellationToken.None));
        }

        PrintTiers("compacted, samples of 40 days kept", await ListAsync());
    }

    private async Task<BucketIndex> ListAsync() => (await _indexes.UpdateAsync(TenantId.Anonymous, null, CancellationToken.None)).Index;

    private async Task MeasureAsync(string what, Func<Task> work)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long started = Stopwatch.GetTimestamp();
        await work();
        TimeSpan used = Environment.CpuUsage.TotalTime - cpu;
        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s, {used.TotalSeconds:F1} s of processor for {_series * 1440.0 * _days / 1e6:F0} M samples, peak {self.PeakWorkingSet64 >> 20} MiB"));
    }

    private static void PrintTiers(string when, BucketIndex index)
    {
        foreach (IGrouping<long, BlockMeta> tier in index.Readable.Select(static block => block.Meta).GroupBy(static meta => meta.ResolutionMs).OrderBy(static g => g.Key))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {when} | {tier.Key / 1000} s | {tier.Count()} blocks | {tier.Sum(static meta => meta.Files.Single(static f => f.File == BlockFile.Chunks).SizeBytes):N0} chunk bytes "
                + $"| {tier.Sum(static meta => meta.Files.Single(static f => f.File == BlockFile.Index).SizeBytes):N0} index bytes |"));
        }
    }
}
