using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using RemoteStore.Server.Options;
using RemoteStore.Server.Roles;
using RemoteStore.Server.Tests.Hosting;
using Shouldly;
using Snappier;
using Xunit;

namespace RemoteStore.Server.Tests.Roles;

public sealed class StoreRoleTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Write_ThenRestart_IsStillThere()
    {
        await using (RunningServer server = await StartAsync())
        {
            (await WriteAsync(server, "/api/v1/push")).ShouldBe(HttpStatusCode.NoContent);
            server.Stop();
            (await server.Exit).ShouldBe(0);
        }

        await using RunningServer again = await StartAsync();
        (await again.Client.GetStringAsync(new Uri("/prometheus/api/v1/labels", UriKind.Relative)))
            .ShouldBe("{\"status\":\"success\",\"data\":[\"__name__\",\"job\"]}");
    }

    [Fact]
    public async Task Request_WithoutTenant_IsRefusedWhenMultitenancyIsEnabled()
    {
        await using RunningServer server = await StartAsync(static o => o with { Multitenancy = new() { Enabled = true } });

        (await WriteAsync(server, "/api/v1/write")).ShouldBe(HttpStatusCode.Unauthorized);
        (await WriteAsync(server, "/api/v1/write", "team-a")).ShouldBe(HttpStatusCode.NoContent);
        using HttpResponseMessage read = await server.Client.GetAsync(new Uri("/api/v1/labels", UriKind.Relative));
        read.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Write_LabelLimitFromOptions_IsEnforced()
    {
        await using RunningServer server = await StartAsync(static o => o with { Limits = o.Limits.WithLabels(static l => l with { MaxLabels = 1 }) });

        (await WriteAsync(server, "/api/v1/write")).ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task UnknownApiPath_IsNotFoundAndPreflightIsAnswered()
    {
        await using RunningServer server = await StartAsync();
        using var preflight = new HttpRequestMessage(HttpMethod.Options, new Uri("/api/v1/query", UriKind.Relative));

        using HttpResponseMessage unknown = await server.Client.GetAsync(new Uri("/api/v1/nope", UriKind.Relative));
        using HttpResponseMessage allowed = await server.Client.SendAsync(preflight);

        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        allowed.StatusCode.ShouldBe(HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task Metrics_Names_FollowTheConvention()
    {
        await using RunningServer server = await StartAsync();
        await WriteAsync(server, "/api/v1/write");

        string page = await server.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative));

        var types = Regex.Matches(page, @"^# TYPE (\S+) (\S+)$", RegexOptions.Multiline).Select(static m => (Name: m.Groups[1].Value, Type: m.Groups[2].Value)).ToList();
        types.Count.ShouldBeGreaterThan(10);
        types.Where(static m => !Regex.IsMatch(m.Name, "^(remotestore_[a-z0-9]+_[a-z0-9_]+|process_[a-z_]+|dotnet_[a-z_]+)$")).ShouldBeEmpty();
        types.Where(static m => (m.Type == "counter") != m.Name.EndsWith("_total", StringComparison.Ordinal)).ShouldBeEmpty();
        types.Where(static m => m.Type == "histogram" && !Regex.IsMatch(m.Name, "_(seconds|bytes|rows|entries|samples|requests)$")).ShouldBeEmpty();
        types.Select(static m => m.Name).ShouldBeUnique();
    }

    [Fact]
    public async Task Index_ListsWhatIsServedOnce()
    {
        await using RunningServer server = await StartAsync();

        string page = await server.Client.GetStringAsync(new Uri("/", UriKind.Relative));

        foreach (string path in (string[])["/api/v1/write", "/api/v1/push", "/api/v1/receive", "/api/v1/query", "/api/v1/read", "/metrics"])
        {
            Regex.Count(page, $">{path}<").ShouldBe(1, path);
        }
    }

    private async Task<RunningServer> StartAsync(Func<RemoteStoreOptions, RemoteStoreOptions>? change = null)
    {
        RemoteStoreOptions options = LoadedFor(_directory);
        RunningServer server = await RunningServer.StartAsync(change is null ? options : change(options), RoleFactory.Create);
        await server.BecomeReadyAsync();
        return server;

        static RemoteStoreOptions LoadedFor(string directory)
        {
            var options = new RemoteStoreOptions();
            return options with { Storage = options.Storage with { DataDirectory = directory } };
        }
    }

    /// <summary>Writes one sample of <c>up{job="a"}</c>, now.</summary>
    private static async Task<HttpStatusCode> WriteAsync(RunningServer server, string path, string? tenant = null)
    {
        byte[] labels = [.. "\n\x0e\n\x08__name__\x12\x02up\n\x08\n\x03job\x12\x01"u8, .. "a"u8];
        byte[] sample = [0x09, .. BitConverter.GetBytes(1.0), 0x10, .. Varint(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds())];
        byte[] series = [.. labels, 0x12, (byte)sample.Length, .. sample];
        using var content = new ByteArrayContent(Snappy.CompressToArray([0x0a, (byte)series.Length, .. series]));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = content };
        if (tenant is not null)
        {
            request.Headers.Add("X-Scope-OrgID", tenant);
        }

        using HttpResponseMessage answer = await server.Client.SendAsync(request);
        return answer.StatusCode;
    }

    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }
}
