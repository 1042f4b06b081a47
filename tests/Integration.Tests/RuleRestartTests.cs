using System.Net;
using System.Text.Json;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Integration.Tests;

/// <summary>The real process is killed while alerts are pending and firing.</summary>
public sealed class RuleRestartTests : IDisposable
{
    private const string Rules = """
        groups:
          - name: g
            interval: 1s
            rules:
              - {alert: Pending, expr: "x > 0", for: 1h}
              - {alert: Firing, expr: "x > 0", for: 2s}

        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("remotestore-restart-");
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(2));

    private CancellationToken Token => _timeout.Token;

    [Fact]
    public async Task Kill9_AlertsPendingAndFiring_TheirClocksGoOn()
    {
        string rules = Path.Combine(_directory.FullName, "rules.yml");
        await File.WriteAllTextAsync(rules, Rules, Token);
        var options = new ServerProcessOptions { DataDirectory = Path.Combine(_directory.FullName, "data"), Arguments = ["--rules.files", rules] };
        DateTimeOffset pendingSince;
        DateTimeOffset firingSince;
        await using (ServerProcess server = await ServerProcess.StartAsync(options, Token))
        {
            long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
            (HttpStatusCode status, string text) = await server.Client.WriteAsync(
                new RemoteWriteBody().Add([("__name__", "x")], (now, BitConverter.DoubleToInt64Bits(1))), Token);
            ((int)status).ShouldBeInRange(200, 204, text);
            await FiresAsync(server);
            (_, pendingSince) = (await AlertsAsync(server))["Pending"];
            (_, firingSince) = (await AlertsAsync(server))["Firing"];
            server.Kill9();
            (await server.WaitForExitAsync(TimeSpan.FromSeconds(10), Token)).ShouldBe(ServerProcess.KilledExitCode);
        }

        DateTimeOffset killed = TimeProvider.System.GetUtcNow();
        await using ServerProcess again = await ServerProcess.StartAsync(options, Token);
        await FiresAsync(again);
        TimeSpan outage = TimeProvider.System.GetUtcNow() - killed;

        Dictionary<string, (string State, DateTimeOffset ActiveAt)> alerts = await AlertsAsync(again);
        alerts["Firing"].ActiveAt.ShouldBe(firingSince, TimeSpan.FromSeconds(1)); // to the second, which is what its series keeps
        alerts["Pending"].State.ShouldBe("pending");

        // For an hour's clock the time away does not count, and the grace period does not matter; a clock set to zero would begin after the kill.
        alerts["Pending"].ActiveAt.ShouldBeInRange(pendingSince.AddSeconds(-1), pendingSince + outage + TimeSpan.FromSeconds(2));
        alerts["Pending"].ActiveAt.ShouldBeLessThan(killed + outage);
    }

    public void Dispose()
    {
        _timeout.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task FiresAsync(ServerProcess server)
    {
        while ((await AlertsAsync(server)).GetValueOrDefault("Firing").State != "firing")
        {
            server.IsRunning.ShouldBeTrue(server.Log);
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Token);
        }
    }

    private async Task<Dictionary<string, (string State, DateTimeOffset ActiveAt)>> AlertsAsync(ServerProcess server)
    {
        JsonElement answer = await server.Client.GetJsonAsync("api/v1/alerts", Token);
        return answer.GetProperty("data").GetProperty("alerts").EnumerateArray().ToDictionary(
            static alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!,
            static alert => (alert.GetProperty("state").GetString()!, alert.GetProperty("activeAt").GetDateTimeOffset()));
    }
}
