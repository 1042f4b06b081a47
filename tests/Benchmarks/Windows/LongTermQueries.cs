using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.BlockStore;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.StoreGateway;
using RemoteStore.Telemetry;

namespace RemoteStore.Benchmarks.Windows;

/// <summary>Queries over the last year of data that <see cref="LongTermData"/> made, each from a store-gateway that has nothing in memory.</summary>
internal sealed class LongTermQueries
{
    private const int MaxDays = 365;

    private readonly FileSystemBucket _bucket;
    private readonly BucketIndexStore _indexes;

    /// <param name="root">The directory that was made.</param>
    public LongTermQueries(string root)
    {
        _bucket = new FileSystemBucket(LocalFileSystem.Instance, LongTermData.BucketOf(root));
        _indexes = new BucketIndexStore(_bucket, TimeProvider.System);
    }

    /// <summary>Asks each query some times over and prints what it took.</summary>
    public async Task RunAsync(int runs)
    {
        BucketIndex index = await _indexes.LoadAsync(TenantId.Anonymous, CancellationToken.None) ?? throw new FileNotFoundException("the directory has no data");
        long endMs = index.Readable.Max(static block => block.Meta.MaxTime / LongTermBlocks.DayMs) * LongTermBlocks.DayMs + LongTermBlocks.DayMs;
        long startMs = Math.Max(LongTermBlocks.FirstDayMs + LongTermBlocks.DayMs, endMs - (MaxDays * LongTermBlocks.DayMs));
        foreach ((string text, long stepMs) in new[] { ("avg_over_time(x[1d])", LongTermBlocks.DayMs), ("sum(rate(x[1h]))", LongTermBlocks.DayMs / 4) })
        {
            for (int run = 0; run < runs; run++)
            {
                await QueryAsync(new QueryRequest(text, startMs, endMs, stepMs));
            }
        }
    }

    private async Task QueryAsync(QueryRequest request)
    {
        var metrics = new MetricsRegistry();
        var view = new BucketIndexView(_indexes, new BlockStoreMetrics(metrics), NullLogger.Instance);
        using var gateway = new BucketQueryable(_bucket, view, new UniformTenantLimits(new TenantLimits()), new StoreGatewayOptions(), metrics, NullLogger<BucketQueryable>.Instance, TimeProvider.System);
        var engine = new QueryEngine(new EngineOptions(), TimeProvider.System);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        int collections = GC.CollectionCount(0);
        int full = GC.CollectionCount(2);
        long started = Stopwatch.GetTimestamp();
        QueryResult result = await engine.QueryAsync(TenantId.Anonymous, gateway, request, CancellationToken.None);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{request.Query}, step {request.StepMs / 3_600_000} h: {elapsed.TotalMilliseconds:F0} ms, {(Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds:F0} ms of processor, "
            + $"{result.Series.Count} series, {result.Series.Sum(static s => (long)s.Times.Length)} points, "
            + $"{(GC.GetTotalAllocatedBytes(precise: true) - allocated) >> 20} MiB allocated, {GC.CollectionCount(0) - collections} collections, {GC.CollectionCount(2) - full} full"));
    }
}
