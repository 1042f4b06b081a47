using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using RemoteStore.StoreGateway;
using RemoteStore.Telemetry;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Benchmarks.Gateway;

/// <summary>A gateway over a directory of blocks: when it is ready, what it holds, and what queries over all blocks read.</summary>
internal sealed class GatewayMeasure(string directory)
{
    private readonly CountedBucket _bucket = new(new FileSystemBucket(LocalFileSystem.Instance, directory));
    private long _baseManaged;
    private long _baseResident;

    public async Task RunAsync()
    {
        _baseManaged = Managed();
        _baseResident = Resident();
        long started = Stopwatch.GetTimestamp();
        var metrics = new MetricsRegistry();
        var view = new BucketIndexView(new BucketIndexStore(_bucket, TimeProvider.System), new BlockStoreMetrics(metrics), NullLogger.Instance);
        using var gateway = new BucketQueryable(_bucket, view, new UniformTenantLimits(new TenantLimits()), new StoreGatewayOptions(), metrics, NullLogger<BucketQueryable>.Instance, TimeProvider.System);
        int blocks = (await view.GetAsync(TenantId.Anonymous, CancellationToken.None)).Readable.Count;
        await (await gateway.OpenQuerierAsync(TenantId.Anonymous, QueryRange.All, CancellationToken.None)).DisposeAsync();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"ready in {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms: the index of {blocks} blocks is loaded, a view of all opened"));
        Console.WriteLine("| after | ms, all blocks | reads, most of a block | MiB read | found | MiB live | of it cache | MiB resident more than at start |");
        Console.WriteLine("|---|---:|---:|---:|---:|---:|---:|---:|");
        Print("start", TimeSpan.Zero, "", gateway);
        LabelMatcher target = Equal("pod", await FirstPodAsync(view));
        foreach (string run in (string[])["cold", "again"])
        {
            await MeasureAsync($"one series of each block, {run}", gateway, view => CountAsync(view, Equal("__name__", GatewaySeries.Everywhere), target));
        }

        foreach (string run in (string[])["cold", "again"])
        {
            await MeasureAsync($"one metric, {run}", gateway, view => CountAsync(view, Name(321)));
        }

        await MeasureAsync("values of a label", gateway, view => ListAsync(view.LabelValuesAsync("instance", [], 0, CancellationToken.None)));
        await MeasureAsync("values of a label, of one metric", gateway, view => ListAsync(view.LabelValuesAsync("instance", [Name(45)], 0, CancellationToken.None)));
        await MeasureAsync("label names", gateway, view => ListAsync(view.LabelNamesAsync([], 0, CancellationToken.None)));
        await MeasureAsync("series of one metric", gateway, view => ListAsync(view.SelectSeriesAsync([Name(46)], 0, CancellationToken.None)));
        await MeasureAsync("one target, all its metrics", gateway, view => CountAsync(view, target));
        using Process self = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"most resident at any time: {(self.PeakWorkingSet64 - _baseResident) / 1048576.0:F0} MiB more than at start"));
    }

    private static LabelMatcher Name(int metric) => Equal("__name__", string.Create(CultureInfo.InvariantCulture, $"application_{metric % 7}_metric_{metric:D4}_total"));

    /// <summary>A target, told by a gateway of its own, so that the one that is measured stays cold.</summary>
    private async Task<string> FirstPodAsync(BucketIndexView view)
    {
        var metrics = new MetricsRegistry();
        using var other = new BucketQueryable(_bucket, view, new UniformTenantLimits(new TenantLimits()), new StoreGatewayOptions(), metrics, NullLogger<BucketQueryable>.Instance, TimeProvider.System);
        BlockMeta block = (await view.GetAsync(TenantId.Anonymous, CancellationToken.None)).Readable[0].Meta;
        await using IQuerier querier = await other.OpenQuerierAsync(TenantId.Anonymous, new QueryRange(block.MinTime, block.MinTime), CancellationToken.None);
        return (await querier.LabelValuesAsync("pod", [], 1, CancellationToken.None)).Items[0];
    }

    private static LabelMatcher Equal(string name, string value) => new(MatchType.Equal, name, value);

    private static async Task<string> CountAsync(IQuerier view, params LabelMatcher[] matchers)
    {
        long series = 0;
        long samples = 0;
        await using ISeriesSet set = await view.SelectAsync(true, new SelectHints(QueryRange.All), matchers, CancellationToken.None);
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            series += set.Current.Count;
            samples += set.Current.Samples.Count;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{series} series, {samples} samples");
    }

    private static async Task<string> ListAsync<T>(ValueTask<LimitedList<T>> list) => (await list).Items.Count.ToString(CultureInfo.InvariantCulture);

    private async Task MeasureAsync(string what, BucketQueryable gateway, Func<IQuerier, Task<string>> ask)
    {
        _bucket.Forget();
        long started = Stopwatch.GetTimestamp();
        string found;
        await using (IQuerier view = await gateway.OpenQuerierAsync(TenantId.Anonymous, QueryRange.All, CancellationToken.None))
        {
            found = await ask(view);
        }

        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        await Task.Yield(); // or the frames of the query's own end, below on the stack, would hold what it held
        Print(what, elapsed, found, gateway);
    }

    private void Print(string what, TimeSpan elapsed, string found, BucketQueryable gateway)
    {
        long resident = Resident() - _baseResident; // before the collection, which gives memory back
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {what} | {elapsed.TotalMilliseconds:F0} | {_bucket.Reads.Values.Sum()}, {_bucket.Reads.Values.DefaultIfEmpty().Max()} | {_bucket.Bytes / 1048576.0:F1} | {found} "
            + $"| {(Managed() - _baseManaged) / 1048576.0:F1} | {gateway.CacheBytes / 1048576.0:F1} | {resident / 1048576.0:F0} |"));
    }

    private static long Managed()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static long Resident()
    {
        using Process self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
