using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Tests.Uploading;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.ObjectStore.Decorators;
using RemoteStore.Primitives.Files;
using RemoteStore.Telemetry;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.BlockStore.Tests.Indexing;

/// <summary>What handing blocks on and listing them costs when nothing goes wrong, counted over an hour of the loops' default intervals.</summary>
public sealed class RequestCostTests : IDisposable
{
    private const int MaxListsAndStats = 50; // per tenant and hour

    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly string _root = Directory.CreateTempSubdirectory("blocks-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(1100)] // a year of days in three resolutions
    [InlineData(5000)]
    public async Task AnHour_OfUploadsAndUpdates_ListsAndStatsLittle(int blocks)
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(0).AddDays(400));
        var memory = new MemoryBucket(time);
        var registry = new MetricsRegistry();
        var usage = new ObjectStoreMetrics(registry);
        var bucket = new MeteredBucket(memory, usage, "all", time, static key => BucketLayout.TryParseTenant(key, out TenantId tenant) ? tenant.Name : "");
        var options = new BlockStoreOptions();
        var metrics = new BlockStoreMetrics(registry);
        var store = new BucketIndexStore(bucket, time);
        var view = new BucketIndexView(store, metrics, NullLogger.Instance);
        using var updater = new BucketIndexUpdater(store, view, metrics, NullLogger.Instance, time);
        var uploads = new BlockUploads(
            new LocalBlockFake(_root), new BlockUploader(bucket, Failpoints.None), view, options, bucket.Description, metrics, NullLogger.Instance, time)
        {
            Uploaded = updater.Expect,
        };

        await FillAsync(memory, blocks);
        _ = await updater.UpdateAsync(BlockMaker.Tenant, s_none);
        Dictionary<string, long> before = Requests(usage);
        for (int minute = 0; minute < 60; minute++)
        {
            if (minute % 10 == 3)
            {
                _ = BlockMaker.Write(_root, 6000 + minute); // the usual block, and late data every ten minutes
            }

            _ = await uploads.RunAsync(s_none);
            if (minute % 10 == 0)
            {
                _ = await updater.UpdateAsync(BlockMaker.Tenant, s_none);
            }

            if (minute % (int)options.IndexRefreshInterval.TotalMinutes == 0)
            {
                await view.RefreshAsync(s_none);
            }

            time.Advance(TimeSpan.FromMinutes(1));
        }

        Dictionary<string, long> after = Requests(usage);
        long lists = after["list"] - before["list"];
        long stats = after.GetValueOrDefault("stat") - before.GetValueOrDefault("stat");
        (lists + stats).ShouldBeLessThan(MaxListsAndStats, $"{lists} listings, {stats} stats");
        (after["write"] - before["write"]).ShouldBe(6 + (6 * 3), "an index per update, three files per block");
        view.Peek(BlockMaker.Tenant).ShouldNotBeNull().Blocks.Count.ShouldBe(blocks + 5, "the last one waits for the next listing");
    }

    private static Dictionary<string, long> Requests(ObjectStoreMetrics usage) => usage.Usage.Where(static one => one.Owner == BlockMaker.Tenant.Name)
        .GroupBy(static one => one.Operation).ToDictionary(static group => group.Key, static group => group.Sum(static one => one.Requests));

    private static async Task FillAsync(MemoryBucket bucket, int blocks)
    {
        for (int number = 0; number < blocks; number++)
        {
            Blocks.Format.BlockMeta meta = BlockMaker.Meta(number);
            string prefix = BucketLayout.BlockPrefix(meta.Tenant, meta.Id);
            await bucket.WriteAsync(prefix + "chunks", new MemoryContent(new byte[20]), WriteMode.Replace, s_none);
            await bucket.WriteAsync(prefix + "index", new MemoryContent(new byte[10]), WriteMode.Replace, s_none);
            await bucket.WriteAsync(prefix + "meta.json", new MemoryContent(Blocks.Format.BlockMetaText.Format(meta)), WriteMode.Replace, s_none);
        }
    }
}
