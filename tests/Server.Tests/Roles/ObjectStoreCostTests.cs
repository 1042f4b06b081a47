using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;
using RemoteStore.Server.Options;
using RemoteStore.Server.Roles;
using RemoteStore.Server.Roles.Buckets;
using RemoteStore.Storage.Administration;
using RemoteStore.Storage.Querying;
using RemoteStore.Telemetry;
using RemoteStore.Testing;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Server.Tests.Roles;

/// <summary>What a server with everything on asks of the object store about one tenant, counted over an hour of the default intervals.</summary>
public sealed class ObjectStoreCostTests : IDisposable
{
    private const int MaxListsAndStats = 50; // per tenant and hour
    private const int ListsOfTenants = 3 * 6; // by compactor, downsampler and ruler, however many tenants there are
    private const long HourMs = 3_600_000;
    private const long LongestMs = 216 * HourMs; // blocks that are not joined any more
    private const int Stretches = 334; // of three blocks of three objects each

    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(400 * LongestMs));
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(2));

    public void Dispose()
    {
        _timeout.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task AnHour_OfATenantWith3000Objects_TakesFewListsAndStats()
    {
        Fill();
        IReadOnlyList<IRole> roles = RoleFactory.Create(Context());
        ObjectStoreMetrics usage = roles.OfType<BucketStorage>().Single().Usage;
        StoreRole store = roles.OfType<StoreRole>().Single();
        try
        {
            foreach (IRole role in roles)
            {
                await role.StartAsync(s_none);
            }

            await UntilAsync(() => Lists(usage, "compactor") >= 1 + 4, "the tenants, and everything of this one");
            long compactorBefore = Lists(usage, "compactor");
            await WriteAsync(store, LabelSet.From("__name__", "old"), NowMs - (5 * HourMs));
            _ = await ((IStoreAdmin)store.Access.Appender).CutAsync(allEnded: true, s_none);
            await UntilAsync(() => Requests(usage, "ingester", "write") >= 3, "a block is uploaded");
            await WriteAndReadAsync(store);
            _ = await store.Deletions.DeleteAsync(
                TenantId.Anonymous, [[new LabelMatcher(MatchType.Equal, "__name__", "gone")]], new QueryRange(NowMs - HourMs, NowMs), s_none);
            long before = ListsAndStats(usage);
            long rulerBefore = Lists(usage, "ruler");
            long querierBefore = Lists(usage, "querier");
            for (int minute = 1; minute <= 60; minute++)
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                await WriteAndReadAsync(store);
                if (minute % 10 == 0)
                {
                    long least = compactorBefore + (4 * (minute / 10)); // the tenants, the newest blocks, some of the others, the marks
                    await UntilAsync(() => Lists(usage, "compactor") >= least, $"blocks at minute {minute}");
                }
            }

            string all = string.Join(", ", usage.Usage.Select(static one => $"{one.Role} {one.Operation} {one.Owner} {one.Requests}"));
            (ListsAndStats(usage) - before - ListsOfTenants).ShouldBeLessThan(MaxListsAndStats, all);
            (Lists(usage, "ruler") - rulerBefore).ShouldBeGreaterThan(6, all);
            (Lists(usage, "querier") - querierBefore).ShouldBeGreaterThan(3, all);
            ObjectStoreReport report = new ObjectStoreStatus(roles.OfType<BucketStorage>().Single(), store.Uploads).GetObjectStore(TenantId.Anonymous);
            foreach (string role in (string[])["compactor", "downsampler", "ingester", "querier", "ruler"])
            {
                report.Requests.ShouldContain(requests => requests.Role == role && requests.Requests > 0, role);
            }
        }
        finally
        {
            foreach (IRole role in roles.Reverse())
            {
                await role.DisposeAsync();
            }
        }
    }

    private static long Lists(ObjectStoreMetrics usage, string role) => Requests(usage, role, "list");

    private static long Requests(ObjectStoreMetrics usage, string role, string operation) =>
        usage.Usage.Where(one => one.Role == role && one.Operation == operation).Sum(static one => one.Requests);

    /// <summary>Those that found nothing included, which are told as nobody's.</summary>
    private static long ListsAndStats(ObjectStoreMetrics usage) => usage.Usage.Where(static one => one.Operation is "list" or "stat").Sum(static one => one.Requests);

    private long NowMs => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static async Task WriteAsync(StoreRole store, LabelSet series, long timeMs)
    {
        WriteBatch batch = new BatchBuilder().Add(series, (timeMs, 1)).Build();
        (await store.Access.Appender.AppendAsync(TenantId.Anonymous, batch, s_none)).SamplesWritten.ShouldBe(1);
    }

    private async Task WriteAndReadAsync(StoreRole store)
    {
        await WriteAsync(store, LabelSet.From("__name__", "up"), NowMs);
        await using IQuerier querier = await store.Access.Samples.OpenQuerierAsync(TenantId.Anonymous, new QueryRange(NowMs - HourMs, NowMs), s_none);
        (await querier.LabelNamesAsync([], 0, s_none)).Items.ShouldContain("__name__");
    }

    private async Task UntilAsync(Func<bool> condition, string what)
    {
        while (!condition())
        {
            _timeout.IsCancellationRequested.ShouldBeFalse(what);
            await Task.Yield();
        }
    }

    private RoleContext Context()
    {
        var options = new RemoteStoreOptions();
        return new RoleContext
        {
            Options = options with { Storage = options.Storage with { DataDirectory = _directory } },
            Metrics = new MetricsRegistry(),
            Readiness = new Readiness(),
            Loggers = NullLoggerFactory.Instance,
            Time = _time,
            Files = LocalFileSystem.Instance,
            Failpoints = Failpoints.None,
        };
    }

    /// <summary>Years of blocks that need nothing any more: samples, and windows of both tiers. What is in them is never read.</summary>
    private void Fill()
    {
        long newestMs = (_time.GetUtcNow().ToUnixTimeMilliseconds() / LongestMs * LongestMs) - (10 * LongestMs);
        for (int number = 0; number < Stretches; number++)
        {
            long startMs = newestMs - (number * LongestMs);
            BlockId raw = Id(startMs, 0);
            foreach (long resolutionMs in (long[])[0, 300_000, HourMs])
            {
                BlockMeta meta = BlockMaker.Meta(1, range: new BlockRange(startMs, startMs + LongestMs)) with
                {
                    Id = resolutionMs == 0 ? raw : Id(startMs, resolutionMs),
                    Tenant = TenantId.Anonymous,
                    ResolutionMs = resolutionMs,
                    Level = resolutionMs == 0 ? 1 : 2,
                    Sources = resolutionMs == 0 ? ["00000001"] : [raw.ToString()],
                };
                Put(BucketLayout.File(meta.Tenant, meta.Id, BlockFile.Chunks), new byte[20]);
                Put(BucketLayout.File(meta.Tenant, meta.Id, BlockFile.Index), new byte[10]);
                Put(BucketLayout.File(meta.Tenant, meta.Id, BlockFile.Meta), BlockMetaText.Format(meta));
            }
        }

        Put(BucketLayout.RuleGroup(TenantId.Anonymous, "some", "rules"), "name: rules\nrules:\n- record: a\n  expr: up\n"u8);
    }

    private void Put(string key, ReadOnlySpan<byte> bytes)
    {
        string path = Path.Combine(_directory, "bucket", key);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
    }

    /// <summary>Made a while after its range ended.</summary>
    private static BlockId Id(long startMs, long resolutionMs) => new((ulong)(startMs + LongestMs + HourMs + resolutionMs) << 16, (ulong)startMs);
}
