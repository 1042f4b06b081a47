using Minio;
using Minio.DataModel.Args;
using RemoteStore.CompatTests.Peers;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Decorators;
using RemoteStore.ObjectStore.S3;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.CompatTests.S3;

/// <summary>The S3 bucket against a real server: it promises what every bucket does, and tells apart what can go wrong.</summary>
public sealed class S3BucketTests(RadosGatewayFixture gateway) : IClassFixture<RadosGatewayFixture>
{
    private const int ModelRuns = 10;
    private static readonly CancellationToken s_none = CancellationToken.None;

    public static TheoryData<string> Cases => [.. BucketContract.Cases.Keys];

    [PeerTheory("radosgw", "ceph-mon", "ceph-osd")]
    [MemberData(nameof(Cases))]
    public async Task Contract_Holds(string name)
    {
        using var bucket = new S3Bucket(gateway.Options(await gateway.NewBucketAsync()));
        await bucket.ProbeAsync(s_none);
        await new BucketContract(bucket, modelRuns: ModelRuns).RunAsync(name);
    }

    [PeerTheory("radosgw", "ceph-mon", "ceph-osd")]
    [MemberData(nameof(Cases))]
    public async Task Contract_HoldsThroughFaultsThatPass(string name)
    {
        await using S3Proxy proxy = await S3Proxy.StartAsync(gateway.Endpoint);
        using var s3 = new S3Bucket(gateway.Options(await gateway.NewBucketAsync()) with { Endpoint = proxy.Endpoint });
        await s3.ProbeAsync(s_none);
        proxy.FaultOf = static (number, _) => number % 5 == 0 ? (ProxyFault)(1 + (number / 5 % 5)) : ProxyFault.None; // all but hanging
        var bucket = new RetryingBucket(
            s3, new RetryOptions { MaxAttempts = 20, FirstPause = TimeSpan.Zero, LongestPause = TimeSpan.Zero }, TimeProvider.System, new Random(1));
        await new BucketContract(bucket, modelRuns: ModelRuns).RunAsync(name);
        proxy.Requests.ShouldBeGreaterThanOrEqualTo(name == "Write_WithBadKey_IsRefused" ? 0 : 1);
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Probe_OfServerWithConditionalWrites_FindsThem()
    {
        using var bucket = new S3Bucket(gateway.Options(await gateway.NewBucketAsync()) with { KeyPrefix = "env/prod/" });
        bucket.IsCreateAtomic.ShouldBeFalse();
        await bucket.ProbeAsync(s_none);
        bucket.IsCreateAtomic.ShouldBeTrue();
        (await KeysAsync(bucket, "")).ShouldBeEmpty("the probe removes its object");
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Probe_ThatFailsForNow_SaysNothingOfConditions_AndTheFirstWriteThatNeedsThemFindsOut()
    {
        await using S3Proxy proxy = await S3Proxy.StartAsync(gateway.Endpoint);
        using var bucket = new S3Bucket(gateway.Options(await gateway.NewBucketAsync()) with { Endpoint = proxy.Endpoint });
        proxy.FaultOf = static (number, _) => number == 2 ? ProxyFault.Unavailable : ProxyFault.None; // the conditional write
        (await Should.ThrowAsync<BucketException>(async () => await bucket.ProbeAsync(s_none))).IsTransient.ShouldBeTrue();
        bucket.IsCreateAtomic.ShouldBeFalse();
        await bucket.WriteAsync("a", new MemoryContent(new byte[1]), WriteMode.CreateOnly, s_none);
        bucket.IsCreateAtomic.ShouldBeTrue();
        await Should.ThrowAsync<ObjectExistsException>(async () => await bucket.WriteAsync("a", new MemoryContent(new byte[1]), WriteMode.CreateOnly, s_none));
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Reads_TakeOneRequestEach()
    {
        await using S3Proxy proxy = await S3Proxy.StartAsync(gateway.Endpoint);
        using var bucket = new S3Bucket(gateway.Options(await gateway.NewBucketAsync()) with { Endpoint = proxy.Endpoint });
        await bucket.WriteAsync("a", new MemoryContent(new byte[1 << 20]), WriteMode.Replace, s_none);
        proxy.ResetCount();
        _ = await bucket.ReadAsync("a", 1000, new byte[4096], s_none);
        _ = await bucket.ReadAllAsync("a", 1 << 20, s_none);
        _ = await bucket.StatAsync("a", s_none);
        proxy.Requests.ShouldBe(3);
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Listing_OverSeveralPages_IsInOrder()
    {
        using var bucket = new S3Bucket(gateway.Options(await gateway.NewBucketAsync()));
        string[] keys = [.. Enumerable.Range(0, 1100).Select(static i => $"{(i % 2 == 0 ? "t" : "t-1")}/{i:0000}/meta.json")];
        await Parallel.ForEachAsync(keys, async (key, token) => await bucket.WriteAsync(key, new MemoryContent(new byte[1]), WriteMode.Replace, token));
        (await KeysAsync(bucket, "")).ShouldBe(keys.Order(StringComparer.Ordinal));
        (await KeysAsync(bucket, "t/")).Count.ShouldBe(550);
        (await AllAsync(bucket.ListFoldersAsync("", s_none), static folder => folder)).ShouldBe(["t-1", "t"]);
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task UnfinishedWrites_OfOurKeys_AreRemoved_AndOthersStay()
    {
        await using S3Proxy proxy = await S3Proxy.StartAsync(gateway.Endpoint);
        S3Options options = gateway.Options(await gateway.NewBucketAsync()) with { KeyPrefix = "env/prod/" };
        using var broken = new S3Bucket(options with { Endpoint = proxy.Endpoint });
        proxy.FaultOf = static (_, method) => method == "PUT" ? ProxyFault.CutRequest : ProxyFault.None;
        foreach (string key in (string[])["env/prod/large", "env/test/large"])
        {
            await Should.ThrowAsync<BucketException>(async () => await broken.WriteAsync(key, new MemoryContent(new byte[6 << 20]), WriteMode.Replace, s_none));
        }

        using var bucket = new S3Bucket(options);
        (await KeysAsync(bucket, "")).ShouldBeEmpty("half of an object is none");
        DateTimeOffset later = TimeProvider.System.GetUtcNow().AddDays(2);
        (await bucket.RemoveUnfinishedWritesAsync(later.AddDays(-4), s_none)).ShouldBe(0, "they are not old enough");
        (await bucket.RemoveUnfinishedWritesAsync(later, s_none)).ShouldBe(1);
        (await bucket.RemoveUnfinishedWritesAsync(later, s_none)).ShouldBe(0);
        using IMinioClient client = new MinioClient().WithEndpoint(options.Endpoint).WithRegion(options.Region).WithCredentials(options.AccessKey, options.SecretKey).Build();
        (await AllAsync(client.ListIncompleteUploadsEnumAsync(new ListIncompleteUploadsArgs().WithBucket(options.Bucket).WithRecursive(true)), static one => one.Key))
            .ShouldBe(["env/test/large"]);
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task WrongSecret_IsRefusedForEveryOperation()
    {
        using var bucket = new S3Bucket(gateway.Options(await gateway.NewBucketAsync()) with { SecretKey = "wrong" });
        (await Should.ThrowAsync<BucketAccessException>(async () =>
            await bucket.WriteAsync("a", new MemoryContent(new byte[1]), WriteMode.Replace, s_none))).Message.ShouldContain("SignatureDoesNotMatch");
        await Should.ThrowAsync<BucketAccessException>(async () => await bucket.ReadAsync("a", 0, new byte[1], s_none));
        await Should.ThrowAsync<BucketAccessException>(async () => await bucket.StatAsync("a", s_none));
        await Should.ThrowAsync<BucketAccessException>(async () => await KeysAsync(bucket, ""));
        await Should.ThrowAsync<BucketAccessException>(async () => await bucket.DeleteAsync("a", s_none));
        await Should.ThrowAsync<BucketAccessException>(async () => await bucket.ProbeAsync(s_none));
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task NoSuchBucket_IsToldApartFromNoSuchObject()
    {
        using var bucket = new S3Bucket(gateway.Options("no-such-bucket"));
        Func<Task>[] operations =
        [
            async () => await bucket.WriteAsync("a", new MemoryContent(new byte[1]), WriteMode.Replace, s_none), async () => await bucket.ReadAsync("a", 0, new byte[1], s_none),
            async () => await bucket.ReadAllAsync("a", 1, s_none), async () => await bucket.StatAsync("a", s_none), () => KeysAsync(bucket, ""),
            async () => await bucket.DeleteAsync("a", s_none), async () => await bucket.ProbeAsync(s_none),
        ];
        foreach (Func<Task> operation in operations)
        {
            BucketException thrown = await Should.ThrowAsync<BucketException>(operation);
            thrown.Message.ShouldContain("the bucket does not exist");
            thrown.IsTransient.ShouldBeFalse();
        }
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task NoServer_IsATransientFault()
    {
        using var bucket = new S3Bucket(gateway.Options("bucket") with { Endpoint = $"127.0.0.1:{RemoteStore.Testing.FreePorts.Next()}" });
        (await Should.ThrowAsync<BucketException>(async () => await bucket.ReadAsync("a", 0, new byte[1], s_none))).IsTransient.ShouldBeTrue();
        (await Should.ThrowAsync<BucketException>(async () =>
            await bucket.WriteAsync("a", new MemoryContent(new byte[1]), WriteMode.Replace, s_none))).IsTransient.ShouldBeTrue();
    }

    private static Task<List<string>> KeysAsync(S3Bucket bucket, string prefix) => AllAsync(bucket.ListAsync(prefix, s_none), static one => one.Key);

    private static async Task<List<string>> AllAsync<T>(IAsyncEnumerable<T> entries, Func<T, string> name)
    {
        var names = new List<string>();
        await foreach (T entry in entries)
        {
            names.Add(name(entry));
        }

        return names;
    }
}
