using RemoteStore.CompatTests.Peers;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.S3;
using Shouldly;
using Xunit;

namespace RemoteStore.CompatTests.S3;

/// <summary>The S3 bucket against a real S3 server.</summary>
public sealed class S3BucketTests(RadosGatewayFixture gateway) : IClassFixture<RadosGatewayFixture>
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Probe_OfServerWithConditionalWrites_FindsThem()
    {
        using S3Bucket bucket = await OpenAsync();
        await bucket.ProbeAsync(s_none);
        bucket.IsCreateAtomic.ShouldBeTrue();
        (await KeysAsync(bucket, "")).ShouldBeEmpty("the probe removes its object");
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Write_OfManySizes_RoundTrips()
    {
        using S3Bucket bucket = await OpenAsync();
        foreach (int size in (int[])[0, 1, 4096, (5 << 20) - 1, 5 << 20, (17 << 20) + 3])
        {
            byte[] bytes = new byte[size];
            new Random(size).NextBytes(bytes);
            await bucket.WriteAsync("tenant/sized", new MemoryContent(bytes), WriteMode.Replace, s_none);
            (await bucket.StatAsync("tenant/sized", s_none))!.SizeBytes.ShouldBe(size);
            (await bucket.ReadAllAsync("tenant/sized", Math.Max(1, size), s_none)).AsSpan().SequenceEqual(bytes).ShouldBeTrue($"{size} bytes");
        }
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Read_OfRanges_ReturnsTheirBytes()
    {
        using S3Bucket bucket = await OpenAsync();
        await bucket.WriteAsync("a", new MemoryContent("0123456789"u8.ToArray()), WriteMode.Replace, s_none);
        byte[] buffer = new byte[4];
        (await bucket.ReadAsync("a", 3, buffer, s_none)).ShouldBe(4);
        buffer.ShouldBe("3456"u8.ToArray());
        (await bucket.ReadAsync("a", 8, buffer, s_none)).ShouldBe(2);
        (await bucket.ReadAsync("a", 10, buffer, s_none)).ShouldBe(0);
        (await bucket.ReadAsync("a", 1000, buffer, s_none)).ShouldBe(0);
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Missing_IsToldApartFromFailure()
    {
        using S3Bucket bucket = await OpenAsync();
        (await bucket.StatAsync("no/such", s_none)).ShouldBeNull();
        await Should.ThrowAsync<ObjectNotFoundException>(async () => await bucket.ReadAsync("no/such", 0, new byte[1], s_none));
        await Should.ThrowAsync<ObjectNotFoundException>(async () => await bucket.ReadAllAsync("no/such", 1, s_none));
        await bucket.DeleteAsync("no/such", s_none);
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task CreateOnly_ByMany_HasOneWinner()
    {
        using S3Bucket bucket = await OpenAsync();
        await bucket.ProbeAsync(s_none);
        int winners = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 16), async (i, token) =>
        {
            try
            {
                await bucket.WriteAsync("contended", new MemoryContent(new[] { (byte)i }), WriteMode.CreateOnly, token);
                Interlocked.Increment(ref winners);
            }
            catch (ObjectExistsException)
            {
                // the others
            }
        });
        winners.ShouldBe(1);
        await bucket.WriteAsync("contended", new MemoryContent(new byte[1]), WriteMode.Replace, s_none);
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Listing_OverSeveralPages_IsInOrder()
    {
        using S3Bucket bucket = await OpenAsync();
        string[] keys = [.. Enumerable.Range(0, 1100).Select(static i => $"{(i % 2 == 0 ? "t" : "t-1")}/{i:0000}/meta.json")];
        await Parallel.ForEachAsync(keys, async (key, token) => await bucket.WriteAsync(key, new MemoryContent(new byte[1]), WriteMode.Replace, token));
        (await KeysAsync(bucket, "")).ShouldBe(keys.Order(StringComparer.Ordinal));
        (await KeysAsync(bucket, "t/")).Count.ShouldBe(550);
        var folders = new List<string>();
        await foreach (string folder in bucket.ListFoldersAsync("", s_none))
        {
            folders.Add(folder);
        }

        folders.ShouldBe(["t-1", "t"]);
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task WrongSecret_IsRefusedForEveryOperation()
    {
        string name = await gateway.NewBucketAsync();
        using var bucket = new S3Bucket(Options(name) with { SecretKey = "wrong" });
        await Should.ThrowAsync<BucketAccessException>(async () => await bucket.WriteAsync("a", new MemoryContent(new byte[1]), WriteMode.Replace, s_none));
        await Should.ThrowAsync<BucketAccessException>(async () => await bucket.ReadAsync("a", 0, new byte[1], s_none));
        await Should.ThrowAsync<BucketAccessException>(async () => await bucket.StatAsync("a", s_none));
        await Should.ThrowAsync<BucketAccessException>(async () => await KeysAsync(bucket, ""));
        await Should.ThrowAsync<BucketAccessException>(async () => await bucket.ProbeAsync(s_none));
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task NoServer_IsATransientFault()
    {
        using var bucket = new S3Bucket(Options("bucket") with { Endpoint = $"127.0.0.1:{RemoteStore.Testing.FreePorts.Next()}" });
        (await Should.ThrowAsync<BucketException>(async () => await bucket.ReadAsync("a", 0, new byte[1], s_none))).IsTransient.ShouldBeTrue();
        (await Should.ThrowAsync<BucketException>(async () =>
            await bucket.WriteAsync("a", new MemoryContent(new byte[1]), WriteMode.Replace, s_none))).IsTransient.ShouldBeTrue();
    }

    private static async Task<List<string>> KeysAsync(S3Bucket bucket, string prefix)
    {
        var keys = new List<string>();
        await foreach (ObjectAttributes one in bucket.ListAsync(prefix, s_none))
        {
            keys.Add(one.Key);
        }

        return keys;
    }

    private async Task<S3Bucket> OpenAsync() => new(Options(await gateway.NewBucketAsync()));

    private S3Options Options(string bucket) => new()
    {
        Endpoint = gateway.Endpoint,
        Bucket = bucket,
        AccessKey = RadosGateway.AccessKey,
        SecretKey = RadosGateway.SecretKey,
        UseTls = false,
    };
}
