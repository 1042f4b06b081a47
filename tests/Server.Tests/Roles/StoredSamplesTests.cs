using RemoteStore.BlockStore.Indexing;
using RemoteStore.Model;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Server.Options;
using RemoteStore.Server.Roles;
using RemoteStore.Server.Tests.Hosting;
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
        metrics.ShouldContain("remotestore_store_gateway_blocks 1");
    }

    private static Task<string> GetAsync(RunningServer server, string path) =>
        server.Client.GetStringAsync(new Uri($"/api/v1/{path}", UriKind.Relative));
}
