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
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.StoreGateway;
using RemoteStore.Telemetry;

namespace RemoteStore.Benchmarks.Windows;

/// <summary>
/// <c>longterm [SERIES [DAYS]]</c>: days of series at 60 s in a directory, downsampled and compacted to three tiers, samples kept for 40 days; then queries over a
/// year from a store-gateway that has nothing in memory.
/// </summary>
internal sealed class LongTermCommand
{
    private const long DayMs = 86_400_000;
    private const long FirstDayMs = 19_000 * DayMs;
    private const int RawDays = 40;

    private readonly string _root;
    private readonly int _days;
    private readonly SetClock _clock;
    private readonly FileSystemBucket _bucket;
    private readonly BucketIndexStore _indexes;

    private LongTermCommand(string root, int days)
    {
        _root = root;
        _days = days;
        _clock = new SetClock(FirstDayMs + ((days + 11) * DayMs));
        _bucket = new FileSystemBucket(LocalFileSystem.Instance, Path.Combine(root, "bucket"));
        _indexes = new BucketIndexStore(_bucket, _clock);
    }

    public static int Run(string[] arguments)
    {
        int series = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 1000;
        int days = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 400;
        string root = Directory.CreateTempSubdirectory("longterm-").FullName;
        try
        {
            new LongTermCommand(root, days).RunAsync(series).GetAwaiter().GetResult();
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        return 0;
    }

    private async Task RunAsync(int series)
    {
        var blocks = new LongTermBlocks(Path.Combine(_root, "local"), series, FirstDayMs);
        await MeasureAsync("write and upload", () => blocks.UploadAsync(_bucket, _days), series);
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
            await MeasureAsync("downsample", () => downsampler.RunRoundAsync(CancellationToken.None), series);
        }

        PrintTiers("downsampled", await ListAsync());
        _clock.Advance(TimeSpan.FromHours(4)); // new blocks wait for others of their kind before they are joined
        var limits = new TenantLimits { Retention = new TenantRetention { Raw = TimeSpan.FromDays(RawDays) } };
        var indexMetrics = new BlockStoreMetrics(new MetricsRegistry());
        using var updater = new BucketIndexUpdater(
            _bucket, _indexes, new BucketIndexView(_indexes, indexMetrics, NullLogger.Instance), indexMetrics, NullLogger.Instance);
        var compactor = new CompactorService(
            new CompactorContext
            {
                Options = new CompactorOptions { WorkDirectory = Path.Combine(_root, "compactor"), RawNeedsSummary = true, DeletionDelay = TimeSpan.Zero },
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
            await MeasureAsync("compact", () => compactor.RunRoundAsync(CancellationToken.None), series);
        }

        PrintTiers("compacted, samples of 40 days kept", await ListAsync());
        long endMs = FirstDayMs + (_days * DayMs);
        long startMs = endMs - (Math.Min(_days - 1, 365) * DayMs);
        foreach ((string text, long stepMs) in new[] { ("avg_over_time(x[1d])", DayMs), ("sum(rate(x[1h]))", DayMs / 4) })
        {
            for (int run = 0; run < 3; run++)
            {
                await QueryAsync(new QueryRequest(text, startMs, endMs, stepMs));
            }
        }
    }

    private async Task QueryAsync(QueryRequest request)
    {
        var metrics = new MetricsRegistry();
        var view = new BucketIndexView(_indexes, new BlockStoreMetrics(metrics), NullLogger.Instance);
        using var gateway = new BucketQueryable(_bucket, view, new StoreGatewayOptions(), metrics, NullLogger<BucketQueryable>.Instance, TimeProvider.System);
        var engine = new QueryEngine(new EngineOptions(), TimeProvider.System);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long started = Stopwatch.GetTimestamp();
        QueryResult result = await engine.QueryAsync(TenantId.Anonymous, gateway, request, CancellationToken.None);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{request.Query}, step {request.StepMs / 3_600_000} h: {elapsed.TotalMilliseconds:F0} ms, {(Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds:F0} ms of processor, "
            + $"{result.Series.Count} series, {result.Series.Sum(static s => (long)s.Times.Length)} points"));
    }

    private async Task<BucketIndex> ListAsync() => (await _indexes.UpdateAsync(TenantId.Anonymous, null, CancellationToken.None)).Index;

    private async Task MeasureAsync(string what, Func<Task> work, int series)
    {
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long started = Stopwatch.GetTimestamp();
        await work();
        TimeSpan used = Environment.CpuUsage.TotalTime - cpu;
        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}: {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s, {used.TotalSeconds:F1} s of processor for {series * 1440.0 * _days / 1e6:F0} M samples, peak {self.PeakWorkingSet64 >> 20} MiB"));
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
