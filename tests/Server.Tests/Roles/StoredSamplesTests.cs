using System.Net.Http.Headers;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.Model;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Server.Options;
using RemoteStore.Server.Roles;
using RemoteStore.Server.Tests.Hosting;
using RemoteStore.Testing;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Roles;

/// <summary>What the server answers of blocks that are only in the object store.</summary>
public sealed class StoredSamplesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Query_BlockIsInTheObjectStoreOnly_IsAnsweredFromIt()
    {
        string objects = Path.Combine(_directory, "bucket");
        _ = BlockMaker.Write(objects, number: 3, tenant: TenantId.Anonymous);
        var index = new BucketIndexStore(new FileSystemBucket(LocalFileSystem.Instance, objects), TimeProvider.System);
        _ = await index.UpdateAsync(TenantId.Anonymous, null, CancellationToken.None);
        var options = new RemoteStoreOptions();
        await using RunningServer server = await RunningServer.StartAsync(
            options with { Storage = options.Storage with { DataDirectory = _directory } }, RoleFactory.Create);
        await server.BecomeReadyAsync();

        string value = await GetAsync(server, "query?query=up{instance=\"host-1\"}&time=21750");
        string labels = await GetAsync(server, "label/instance/values?start=21600&end=25000");
        string later = await GetAsync(server, "query?query=up&time=99999");

        value.ShouldContain("\"value\":[21750,\"16\"]");
        labels.ShouldContain("[\"host-0\",\"host-1\",\"host-2\"]");
        later.ShouldContain("\"result\":[]");
        string metrics = await server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        metrics.ShouldContain("remotestore_store_gateway_reads_total");
        metrics.ShouldMatch("remotestore_store_gateway_blocks [1-9]"); // compaction and downsampling may have added some
    }

    [Fact]
    public async Task Blocks_PastTheHotPeriod_LeaveTheLocalDisk_AndAreAnsweredFromTheObjectStore_UntilTheTenantIsDeleted()
    {
        var options = new RemoteStoreOptions();
        TimeSpan soon = TimeSpan.FromMilliseconds(100);
        await using RunningServer server = await RunningServer.StartAsync(
            options with
            {
                Storage = options.Storage with { DataDirectory = _directory },
                Blocks = options.Blocks with { HotPeriod = soon, UploadRetryDelay = soon },
                Compactor = options.Compactor with { Interval = soon },
                Read = options.Read with { EnableAdminApi = true },
            },
            RoleFactory.Create);
        await server.BecomeReadyAsync();
        long oldMs = TimeProvider.System.GetUtcNow().AddHours(-9).ToUnixTimeMilliseconds();
        using var body = new ByteArrayContent(RemoteWriteEncoder.Compress(RemoteWriteEncoder.EncodeV1([new RequestSeries("__name__", "up").Sample(oldMs, 17)])));
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        body.Headers.ContentEncoding.Add("snappy");
        using HttpResponseMessage written = await server.Client.PostAsync(new Uri("/api/v1/write", UriKind.Relative), body);
        written.EnsureSuccessStatusCode();
        using HttpResponseMessage cut = await server.Client.PostAsync(new Uri("/api/v1/admin/flush?cut=ended", UriKind.Relative), null);
        cut.EnsureSuccessStatusCode();

        string local = Path.Combine(_directory, "blocks", "anonymous");
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (Directory.GetDirectories(local).Length > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, timeout.Token); // the loops of the server run by the real clock
        }

        string time = ((oldMs + 1000) / 1000).ToString(System.Globalization.CultureInfo.InvariantCulture);
        (await GetAsync(server, $"query?query=up&time={time}")).ShouldContain("\"17\"");
        (await GetAsync(server, $"label/__name__/values?start={time}&end={time}")).ShouldContain("[\"up\"]");

        (await GetAsync(server, "admin/delete_tenant_status")).ShouldContain("\"blocks_deleted\":false,\"deletion\":null");
        using HttpResponseMessage deleted = await server.Client.PostAsync(new Uri("/api/v1/admin/delete_tenant", UriKind.Relative), null);
        deleted.EnsureSuccessStatusCode();
        (await GetAsync(server, $"query?query=up&time={time}")).ShouldContain("\"result\":[]");
        while (!(await GetAsync(server, "admin/delete_tenant_status")).Contains("\"blocks_deleted\":true", StringComparison.Ordinal))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, timeout.Token);
        }

        (await GetAsync(server, $"query?query=up&time={time}")).ShouldContain("\"result\":[]");
    }

    private static Task<string> GetAsync(RunningServer server, string path) =>
        server.Client.GetStringAsync(new Uri($"/api/v1/{path}", UriKind.Relative));
}
