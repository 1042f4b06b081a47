using System.Net;
using System.Text.Json;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Integration.Tests;

/// <summary>The whole way through the real process: written by both protocols, read by every endpoint, still there after a restart.</summary>
public sealed class EndToEndTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("remotestore-e2e-");
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(2));
    private readonly long _nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 1000 * 1000;

    private CancellationToken Token => _timeout.Token;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Write_ThenReadEverywhere_ThenRestart_DataIsThere(int version)
    {
        var options = new ServerProcessOptions { DataDirectory = _directory.FullName };
        await using (ServerProcess server = await ServerProcess.StartAsync(options, Token))
        {
            (HttpStatusCode status, string text) = await server.Client.WriteAsync(TwoSeries(version), Token);
            ((int)status).ShouldBeInRange(200, 204, text);
            await CheckAllReadsAsync(server.Client);
            server.Sigterm();
            (await server.WaitForExitAsync(TimeSpan.FromSeconds(30), Token)).ShouldBe(0, server.Log);
        }

        await using ServerProcess again = await ServerProcess.StartAsync(options, Token);
        await CheckAllReadsAsync(again.Client);
    }

    [Fact]
    public async Task Flush_WithMerge_ReportsBytesAndKeepsData()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(new() { DataDirectory = _directory.FullName }, Token);
        _ = await server.Client.WriteAsync(TwoSeries(1), Token);

        string report = await server.Client.PostAsync("api/v1/admin/flush?merge=1", Token);

        report.ShouldContain("parts");
        await CheckAllReadsAsync(server.Client);
    }

    [Fact]
    public async Task Start_DataDirectoryInUse_SecondProcessIsRefused()
    {
        await using ServerProcess first = await ServerProcess.StartAsync(new() { DataDirectory = _directory.FullName }, Token);
        await using ServerProcess second = ServerProcess.Launch(new() { DataDirectory = _directory.FullName });

        (await second.WaitForExitAsync(TimeSpan.FromSeconds(30), Token)).ShouldBe(1);

        second.Log.ShouldContain(_directory.FullName);
        (await first.Client.TryGetStatusAsync("-/ready", Token)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Multitenancy_NoTenant_IsRefused()
    {
        await using ServerProcess server = await StartMultitenantAsync();

        (await server.Client.WriteAsync(TwoSeries(1), Token)).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await server.Client.TryGetStatusAsync("api/v1/labels", Token)).ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Multitenancy_TwoTenants_SeeOnlyTheirOwn()
    {
        await using ServerProcess server = await StartMultitenantAsync();
        (string, string)[] labels = [("__name__", "shared_name"), ("job", "x")];
        _ = await server.Client.WriteAsync(new RemoteWriteBody().Add(labels, (_nowMs, Bits(1))), Token, "one");
        _ = await server.Client.WriteAsync(new RemoteWriteBody().Add(labels, (_nowMs, Bits(2))), Token, "two");

        RemoteReadResult one = await server.Client.ReadAsync(0, _nowMs, Token, "one");
        RemoteReadResult two = await server.Client.ReadAsync(0, _nowMs, Token, "two");
        RemoteReadResult other = await server.Client.ReadAsync(0, _nowMs, Token, "three");

        one.Series[RemoteReadResult.Key(labels)].ShouldBe([(_nowMs, Bits(1))]);
        two.Series[RemoteReadResult.Key(labels)].ShouldBe([(_nowMs, Bits(2))]);
        other.Series.ShouldBeEmpty();
    }

    [Fact]
    public async Task Write_SomeSeriesInvalid_RestIsStoredAndTheRejectNamed()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(new() { DataDirectory = _directory.FullName }, Token);
        RemoteWriteBody body = TwoSeries(1).Add([("job", "nameless")], (_nowMs, Bits(1)));

        (HttpStatusCode status, string text) = await server.Client.WriteAsync(body, Token);

        status.ShouldBe(HttpStatusCode.BadRequest);
        text.ShouldContain("nameless");
        await CheckAllReadsAsync(server.Client);
    }

    public void Dispose()
    {
        _timeout.Dispose();
        _directory.Delete(recursive: true);
    }

    private Task<ServerProcess> StartMultitenantAsync() =>
        ServerProcess.StartAsync(new() { DataDirectory = _directory.FullName, Arguments = ["--multitenancy.enabled=true"] }, Token);

    private RemoteWriteBody TwoSeries(int version) => new RemoteWriteBody(version)
        .Add([("__name__", "e2e_requests_total"), ("code", "200"), ("job", "api")], (_nowMs - 15_000, Bits(41)), (_nowMs, Bits(42)))
        .Add([("__name__", "e2e_requests_total"), ("code", "500"), ("job", "api")], (_nowMs, Bits(0.5)));

    private async Task CheckAllReadsAsync(StoreClient client)
    {
        RemoteReadResult read = await client.ReadAsync(0, _nowMs, Token);
        read.Series["{__name__=\"e2e_requests_total\",code=\"200\",job=\"api\"}"].ShouldBe([(_nowMs - 15_000, Bits(41)), (_nowMs, Bits(42))]);
        read.Series["{__name__=\"e2e_requests_total\",code=\"500\",job=\"api\"}"].ShouldBe([(_nowMs, Bits(0.5))]);
        read.Series.Count.ShouldBe(2);

        (await DataAsync(client, "api/v1/labels")).EnumerateArray().Select(e => e.GetString()).ShouldBe(["__name__", "code", "job"]);
        (await DataAsync(client, "api/v1/label/code/values")).EnumerateArray().Select(e => e.GetString()).ShouldBe(["200", "500"]);
        JsonElement series = await DataAsync(client, "api/v1/series?match[]=e2e_requests_total{code=~\"5..\"}");
        series.GetArrayLength().ShouldBe(1);
        series[0].GetProperty("code").GetString().ShouldBe("500");

        JsonElement instant = await DataAsync(client, $"api/v1/query?query=e2e_requests_total{{code=\"200\"}}&time={_nowMs / 1000}");
        instant.GetProperty("resultType").GetString().ShouldBe("vector");
        instant.GetProperty("result")[0].GetProperty("value")[1].GetString().ShouldBe("42");
        JsonElement range = await DataAsync(client, $"api/v1/query?query=e2e_requests_total{{code=\"200\"}}[1m]&time={_nowMs / 1000}");
        range.GetProperty("resultType").GetString().ShouldBe("matrix");
        range.GetProperty("result")[0].GetProperty("values").GetArrayLength().ShouldBe(2);
    }

    private async Task<JsonElement> DataAsync(StoreClient client, string path)
    {
        JsonElement answer = await client.GetJsonAsync(path, Token);
        answer.GetProperty("status").GetString().ShouldBe("success", path);
        return answer.GetProperty("data");
    }

    private static long Bits(double value) => BitConverter.DoubleToInt64Bits(value);
}
