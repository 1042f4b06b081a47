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

/// <summary>What tenants have of their own, taken by a server that runs.</summary>
public sealed class TenantLimitsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Retention_OfOneTenant_ChangesWhileTheServerRuns()
    {
        string objects = Path.Combine(_directory, "bucket");
        var index = new BucketIndexStore(new FileSystemBucket(LocalFileSystem.Instance, objects), TimeProvider.System);
        foreach (string name in (string[])["team-a", "team-b"])
        {
            _ = BlockMaker.Write(objects, number: 3, tenant: TenantId.Parse(name));
            _ = await index.UpdateAsync(TenantId.Parse(name), null, CancellationToken.None);
        }

        string file = Path.Combine(_directory, "overrides.yaml");
        await File.WriteAllTextAsync(file, "overrides:\n  team-a:\n    limits.max-query-length: 1d\n");
        var options = new RemoteStoreOptions();
        await using RunningServer server = await RunningServer.StartAsync(
            options with
            {
                Server = options.Server with { EnableLifecycle = true },
                Storage = options.Storage with { DataDirectory = _directory },
                Multitenancy = options.Multitenancy with { Enabled = true },
                Limits = options.Limits with { OverridesFile = file, OverridesPollInterval = TimeSpan.Zero },
                Downsampling = options.Downsampling with { Enabled = false },
                Compactor = options.Compactor with { DeletionDelay = TimeSpan.FromHours(2) },
            },
            RoleFactory.Create);
        await server.BecomeReadyAsync();
        (await QueryAsync(server, "team-a")).ShouldContain("\"16\"");
        (await QueryAsync(server, "team-b")).ShouldContain("\"16\"");
        (await MetricAsync(server, "remotestore_limits_overrides_tenants")).ShouldBe("1");

        await File.WriteAllTextAsync(file, "overrides:\n  team-a:\n    retention: 30d\n");
        (await ReloadAsync(server)).ShouldBeEmpty();
        (await QueryAsync(server, "team-a")).ShouldContain("\"result\":[]");
        (await QueryAsync(server, "team-b")).ShouldContain("\"16\"");

        await File.WriteAllTextAsync(file, "overrides:\n  team-a:\n    retention: thirty\n");
        (await ReloadAsync(server)).ShouldContain($"{file}:3: retention: 'thirty' is not a duration");
        (await QueryAsync(server, "team-a")).ShouldContain("\"result\":[]", customMessage: "what was in force stays");
        (await MetricAsync(server, "remotestore_limits_overrides_last_reload_successful")).ShouldBe("0");

        await File.WriteAllTextAsync(file, "overrides:\n  team-a:\n    retention: 0\n");
        (await ReloadAsync(server)).ShouldBeEmpty();
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!(await QueryAsync(server, "team-a")).Contains("\"16\"", StringComparison.Ordinal))
        {
            timeout.Token.ThrowIfCancellationRequested(); // the mark of the block is taken back in the background
            await Task.Yield();
        }
    }

    private static async Task<string> QueryAsync(RunningServer server, string tenant)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/query?query=up{instance=\"host-1\"}&time=21750");
        request.Headers.Add("X-Scope-OrgID", tenant);
        using HttpResponseMessage answer = await server.Client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<string> ReloadAsync(RunningServer server)
    {
        using HttpResponseMessage answer = await server.Client.PostAsync(new Uri("/-/reload", UriKind.Relative), null);
        return await answer.Content.ReadAsStringAsync();
    }

    private static async Task<string> MetricAsync(RunningServer server, string name)
    {
        string page = await server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        return page.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal)).Split(' ')[1];
    }
}
