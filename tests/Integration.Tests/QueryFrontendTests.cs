using System.Globalization;
using System.Net;
using System.Text.Json;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Integration.Tests;

/// <summary>Kept answers and late writes through the real process.</summary>
public sealed class QueryFrontendTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("remotestore-frontend-");
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(2));
    private readonly long _nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() / 60_000 * 60_000;

    private CancellationToken Token => _timeout.Token;

    [Fact]
    public async Task QueryRange_AskedAgain_IsAnsweredFromTheCacheUntilALateWrite()
    {
        await using ServerProcess server = await ServerProcess.StartAsync(new() { DataDirectory = _directory.FullName }, Token);
        await WriteAsync(server, [.. Enumerable.Range(0, 241).Select(i => (_nowMs - (i * 15_000L), 1.0))]);

        double[] first = await ValuesAsync(server);
        double[] second = await ValuesAsync(server);
        second.ShouldBe(first);
        (await server.Client.GetMetricAsync("remotestore_query_frontend_cache_lookups_total", Token))["{outcome=\"hit\"}"].ShouldBe(1);

        await WriteAsync(server, [(_nowMs - 2_400_000 - 1, 77)]);

        double[] third = await ValuesAsync(server);
        third.Length.ShouldBe(first.Length);
        third.ShouldContain(77 + 1.0);
    }

    public void Dispose()
    {
        _timeout.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task WriteAsync(ServerProcess server, (long T, double V)[] samples)
    {
        RemoteWriteBody body = new RemoteWriteBody().Add(
            [("__name__", "x")], [.. samples.Reverse().Select(static sample => (sample.T, BitConverter.DoubleToInt64Bits(sample.V)))]);
        (HttpStatusCode status, string text) = await server.Client.WriteAsync(body, Token);
        ((int)status).ShouldBeInRange(200, 204, text);
    }

    /// <summary>Values over times that have settled: the highest of a minute, and 1.</summary>
    private async Task<double[]> ValuesAsync(ServerProcess server)
    {
        string path = string.Create(
            CultureInfo.InvariantCulture,
            $"api/v1/query_range?query=max_over_time(x[1m])%2B0*x%2B1&start={(_nowMs - 3_000_000) / 1000}&end={(_nowMs - 1_200_000) / 1000}&step=60");
        JsonElement answer = await server.Client.GetJsonAsync(path, Token);
        return
        [
            .. answer.GetProperty("data").GetProperty("result")[0].GetProperty("values").EnumerateArray()
                .Select(static point => double.Parse(point[1].GetString()!, CultureInfo.InvariantCulture)),
        ];
    }
}
