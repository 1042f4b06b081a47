using System.Net;
using System.Text.Json;
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

/// <summary>Answers from downsampled data that differ from those of the samples say so.</summary>
public sealed class CoarseAnswerTests : IDisposable
{
    private const string Query = "query_range?query=count_over_time(up{instance=\"host-0\"}[7m])&start=22010&end=25000&step=61";

    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-").FullName;
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(1));

    public void Dispose()
    {
        _timeout.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Query_TakesWindowsForSamples_HasAnInfo_AndWithoutTheParameterNone()
    {
        string objects = Path.Combine(_directory, "bucket");
        _ = BlockMaker.Write(objects, number: 3, tenant: TenantId.Anonymous);
        _ = BlockMaker.Write(objects, number: 4, tenant: TenantId.Anonymous); // windows are made of blocks that were joined
        var index = new BucketIndexStore(new FileSystemBucket(LocalFileSystem.Instance, objects), TimeProvider.System);
        _ = await index.UpdateAsync(TenantId.Anonymous, null, _timeout.Token);
        var options = new RemoteStoreOptions();
        TimeSpan soon = TimeSpan.FromMilliseconds(100);
        await using RunningServer server = await RunningServer.StartAsync(
            options with
            {
                Storage = options.Storage with { DataDirectory = _directory },
                Blocks = options.Blocks with { IndexRefreshInterval = soon },
                Compactor = options.Compactor with { Interval = soon },
                Downsampling = options.Downsampling with { Interval = soon },
            },
            RoleFactory.Create);
        await server.BecomeReadyAsync();

        string[] infos = [];
        while (infos.Length == 0)
        {
            infos = await InfosAsync(server, $"{Query}&nocache=1&max_source_resolution=5m"); // the server makes windows of the old block as soon as it can
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, _timeout.Token);
        }

        infos.ShouldHaveSingleItem().ShouldStartWith("PromQL info: range widened to whole windows, as ");
        infos[0].ShouldContain("has data downsampled to 5m");
        (await InfosAsync(server, $"{Query}&max_source_resolution=300")).Length.ShouldBe(1, "seconds");
        (await InfosAsync(server, $"{Query}&max_source_resolution=300")).Length.ShouldBe(1, "kept, with its info");
        (await InfosAsync(server, Query)).ShouldBeEmpty();
        (await InfosAsync(server, $"{Query}&max_source_resolution=0s")).ShouldBeEmpty();
        (await InfosAsync(server, $"{Query}&max_source_resolution=auto")).ShouldBeEmpty("a fifth of the step");
        using HttpResponseMessage wrong = await server.Client.GetAsync(new Uri($"/api/v1/{Query}&max_source_resolution=coarse", UriKind.Relative), _timeout.Token);
        wrong.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await wrong.Content.ReadAsStringAsync(_timeout.Token)).ShouldContain("invalid parameter \\\"max_source_resolution\\\"");
    }

    private async Task<string[]> InfosAsync(RunningServer server, string query)
    {
        using JsonDocument json = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri($"/api/v1/{query}", UriKind.Relative), _timeout.Token));
        json.RootElement.GetProperty("data").GetProperty("result")[0].GetProperty("values").GetArrayLength().ShouldBe(50);
        json.RootElement.TryGetProperty("warnings", out _).ShouldBeFalse();
        return json.RootElement.TryGetProperty("infos", out JsonElement infos) ? [.. infos.EnumerateArray().Select(static info => info.GetString()!)] : [];
    }
}
