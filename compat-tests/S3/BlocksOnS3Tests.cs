using System.Net;
using System.Text;
using System.Text.Json;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Reading;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.CompatTests.Peers;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.ObjectStore.Decorators;
using RemoteStore.ObjectStore.S3;
using RemoteStore.Primitives.Files;
using RemoteStore.Telemetry;
using RemoteStore.Testing;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.CompatTests.S3;

/// <summary>Blocks in a bucket: the same steps on a directory, in memory and on a real S3 server; and a server that hands its blocks on to the latter.</summary>
public sealed class BlocksOnS3Tests(RadosGatewayFixture gateway) : IClassFixture<RadosGatewayFixture>, IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-blocks-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public Task Blocks_OnADirectory_GoThereAndComeBack() =>
        RunAsync(new FileSystemBucket(LocalFileSystem.Instance, Path.Combine(_directory, "bucket")));

    [Fact]
    public Task Blocks_InMemory_GoThereAndComeBack() => RunAsync(new MemoryBucket(TimeProvider.System));

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Blocks_OnS3_GoThereAndComeBack()
    {
        using var bucket = new S3Bucket(gateway.Options(await gateway.NewBucketAsync()));
        await bucket.ProbeAsync(s_none);
        await RunAsync(new PrefixedBucket(bucket, "env/prod/"));
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Server_WithWrongCredentials_RefusesToStart_AndSaysWhy()
    {
        await using ServerProcess server = ServerProcess.Launch(new ServerProcessOptions
        {
            Arguments = Arguments(await gateway.NewBucketAsync(), "wrong"),
        });
        (await server.WaitForExitAsync(TimeSpan.FromMinutes(1), s_none)).ShouldBe(1);
        server.Log.ShouldContain("cannot be used");
        server.Log.ShouldContain("access denied SignatureDoesNotMatch");
        server.Log.ShouldNotContain("wrong", Case.Sensitive, "the secret is nobody's business");
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Server_WithABucketThatDoesNotExist_RefusesToStart_AndSaysWhy()
    {
        await using ServerProcess server = ServerProcess.Launch(new ServerProcessOptions { Arguments = Arguments("no-such-bucket", RadosGateway.SecretKey) });
        (await server.WaitForExitAsync(TimeSpan.FromMinutes(1), s_none)).ShouldBe(1);
        server.Log.ShouldContain("s3 bucket no-such-bucket at ");
        server.Log.ShouldContain("the bucket does not exist");
    }

    [PeerFact("radosgw", "ceph-mon", "ceph-osd")]
    public async Task Server_HandsItsBlocksOn()
    {
        string name = await gateway.NewBucketAsync();
        using var bucket = new S3Bucket(gateway.Options(name));
        await using ServerProcess server = await ServerProcess.StartAsync(
            new ServerProcessOptions { Arguments = [.. Arguments(name, RadosGateway.SecretKey), "--storage.block-range=1s", "--storage.out-of-order-window=0"] }, s_none);
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        (await server.Client.WriteAsync(new RemoteWriteBody().Add([("__name__", "up")], (now - 60_000, BitConverter.DoubleToInt64Bits(1))), s_none)).Status
            .ShouldBe(HttpStatusCode.NoContent);
        _ = await server.Client.PostAsync("/api/v1/admin/flush?cut=ended", s_none);
        await Until.TrueAsync(
            "a block is in the bucket",
            TimeSpan.FromMinutes(1),
            () => HasBlockAsync(bucket),
            () => server.Log,
            s_none);
        JsonElement status = (await server.Client.GetJsonAsync("/api/v1/status/object_store", s_none)).GetProperty("data");
        status.GetProperty("createIsAtomic").GetBoolean().ShouldBeTrue();
        status.GetProperty("requests").EnumerateArray().ShouldContain(static one =>
            one.GetProperty("role").GetString() == "ingester" && one.GetProperty("operation").GetString() == "write" && one.GetProperty("tenant").GetString() == "anonymous");
    }

    private static async Task<bool> HasBlockAsync(S3Bucket bucket)
    {
        await foreach (ObjectAttributes found in bucket.ListAsync("anonymous/", s_none))
        {
            if (found.Key.EndsWith("/meta.json", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private async Task RunAsync(IBucket bucket)
    {
        var metrics = new ObjectStoreMetrics(new MetricsRegistry());
        var tried = new RetryingBucket(
            new MeteredBucket(bucket, metrics, "test", TimeProvider.System), new RetryOptions(), TimeProvider.System, new Random(1));
        var uploader = new BlockUploader(tried, Failpoints.None);
        string first = BlockMaker.Write(_directory, 1);
        string second = BlockMaker.Write(_directory, 2, series: 40_000);
        _ = await uploader.UploadAsync(first, s_none);
        _ = await uploader.UploadAsync(first, s_none);
        _ = await uploader.UploadAsync(second, s_none);

        var store = new BucketIndexStore(tried, TimeProvider.System);
        BucketIndex index = (await store.UpdateAsync(BlockMaker.Tenant, null, s_none)).Index;
        index.Blocks.Select(static block => block.Id).ShouldBe([BlockMaker.Id(1), BlockMaker.Id(2)]);
        BucketIndex loaded = (await store.LoadAsync(BlockMaker.Tenant, s_none)).ShouldNotBeNull();
        Encoding.UTF8.GetString(BucketIndexText.Format(loaded)).ShouldBe(Encoding.UTF8.GetString(BucketIndexText.Format(index)));
        foreach (BlockRecord block in loaded.Blocks)
        {
            await BlockReadBack.CheckAsync(tried, block.Meta, s_none);
            await using var source = new BucketBlockSource(tried, block.Meta.Tenant, block.Id, block.Meta);
            (await BlockReader.VerifyAsync(source, null, s_none)).Damage.ShouldBeEmpty();
        }

        await tried.DeleteAsync(BucketLayout.File(BlockMaker.Tenant, BlockMaker.Id(1), BlockFile.Meta), s_none);
        BucketIndexUpdate later = await store.UpdateAsync(BlockMaker.Tenant, loaded, s_none);
        later.Index.Blocks.ShouldHaveSingleItem().Id.ShouldBe(BlockMaker.Id(2));
        later.Partial.ShouldHaveSingleItem().Block.ShouldBe(BlockMaker.Id(1));
    }

    private string[] Arguments(string bucket, string secret) =>
    [
        "--storage.object-store.backend=s3", $"--storage.object-store.s3.endpoint={gateway.Endpoint}", $"--storage.object-store.s3.bucket={bucket}",
        "--storage.object-store.s3.tls=false", $"--storage.object-store.s3.access-key={RadosGateway.AccessKey}", $"--storage.object-store.s3.secret-key={secret}",
    ];
}
