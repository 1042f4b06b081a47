using System.Text.Json;
using RemoteStore.CompatTests.Peers;
using RemoteStore.Testing;
using Shouldly;

namespace RemoteStore.CompatTests.Rules;

/// <summary>A Prometheus and a server of ours with the same rules and samples, each with an Alertmanager of its own.</summary>
internal sealed class AlertingPair : IAsyncDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("remotestore-alerts-");
    private readonly string[] _ourArguments;
    private readonly string[] _theirArguments;
    private readonly int _theirPort = FreePorts.Next();
    private readonly Dictionary<string, double> _values = new(StringComparer.Ordinal);
    private PeerProcess? _theirs;
    private ServerProcess? _ours;

    private AlertingPair(AlertmanagerPeer theirAlertmanager, AlertmanagerPeer ourAlertmanager, string rules)
    {
        TheirAlertmanager = theirAlertmanager;
        OurAlertmanager = ourAlertmanager;
        TheirClient = new StoreClient(new Uri($"http://127.0.0.1:{_theirPort}/"));
        string ruleFile = Write("rules.yml", rules);
        string config = Write(
            "prometheus.yml",
            $$"""
            global:
              evaluation_interval: 2s
              external_labels: {region: north}
            rule_files: ["{{ruleFile}}"]
            alerting:
              alertmanagers:
                - static_configs:
                    - targets: ["{{theirAlertmanager.Url.Authority}}"]

            """);
        _theirArguments =
        [
            $"--config.file={config}",
            $"--storage.tsdb.path={Path.Combine(_directory.FullName, "theirs")}",
            $"--web.listen-address=127.0.0.1:{_theirPort}",
            "--web.enable-remote-write-receiver",
            "--web.external-url=http://rules.test/",
            "--rules.alert.resend-delay=5s",
            "--rules.alert.for-grace-period=0s",
        ];
        _ourArguments =
        [
            $"--rules.files={ruleFile}",
            "--rules.evaluation-interval=2s",
            "--rules.external-labels=region=north",
            $"--alertmanager.url={ourAlertmanager.Url}",
            "--web.external-url=http://rules.test/",
            "--rules.resend-delay=5s",
            "--rules.alert.for-grace-period=0s",
        ];
    }

    public AlertmanagerPeer TheirAlertmanager { get; }

    public AlertmanagerPeer OurAlertmanager { get; }

    /// <summary>What ours logged.</summary>
    public string Log => _ours?.Log ?? "";

    private StoreClient TheirClient { get; }

    private StoreClient OurClient => _ours!.Client;

    public static async Task<AlertingPair> StartAsync(string rules, CancellationToken cancellationToken)
    {
        AlertmanagerPeer theirs = await AlertmanagerPeer.StartAsync(cancellationToken);
        var pair = new AlertingPair(theirs, await AlertmanagerPeer.StartAsync(cancellationToken), rules);
        try
        {
            await pair.StartServersAsync(cancellationToken);
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>Kills both servers without a word and starts them again.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        await _theirs!.DisposeAsync();
        _ours!.Kill9();
        await _ours.DisposeAsync();
        await StartServersAsync(cancellationToken);
    }

    /// <summary>Gives series of the metric <c>x</c>, named by their label <c>k</c>, values from now on, in both servers.</summary>
    public async Task SetAsync(CancellationToken cancellationToken, params (string Series, double Value)[] values)
    {
        foreach ((string series, double value) in values)
        {
            _values[series] = value;
        }

        var body = new RemoteWriteBody();
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        foreach ((string series, double value) in _values)
        {
            body.Add([("__name__", "x"), ("k", series)], (now, BitConverter.DoubleToInt64Bits(value)));
        }

        (System.Net.HttpStatusCode theirs, string theirText) = await TheirClient.WriteAsync(body, cancellationToken);
        ((int)theirs).ShouldBe(204, theirText);
        (System.Net.HttpStatusCode ours, string ourText) = await OurClient.WriteAsync(body, cancellationToken);
        ((int)ours).ShouldBeInRange(200, 204, ourText);
    }

    /// <summary>States of alerts and since when they are active, by name, of both servers.</summary>
    public async Task<(SortedDictionary<string, (string State, DateTimeOffset ActiveAt)> Theirs, SortedDictionary<string, (string State, DateTimeOffset ActiveAt)> Ours)> StatesAsync(
        CancellationToken cancellationToken) =>
        (await StatesAsync(TheirClient, cancellationToken), await StatesAsync(OurClient, cancellationToken));

    public async ValueTask DisposeAsync()
    {
        if (_theirs is not null)
        {
            await _theirs.DisposeAsync();
        }

        if (_ours is not null)
        {
            await _ours.DisposeAsync();
        }

        TheirClient.Dispose();
        await TheirAlertmanager.DisposeAsync();
        await OurAlertmanager.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private static async Task<SortedDictionary<string, (string State, DateTimeOffset ActiveAt)>> StatesAsync(StoreClient client, CancellationToken cancellationToken)
    {
        JsonElement answer = await client.GetJsonAsync("api/v1/alerts", cancellationToken);
        var states = new SortedDictionary<string, (string, DateTimeOffset)>(StringComparer.Ordinal);
        foreach (JsonElement alert in answer.GetProperty("data").GetProperty("alerts").EnumerateArray())
        {
            states.Add(
                alert.GetProperty("labels").GetProperty("alertname").GetString()!, (alert.GetProperty("state").GetString()!, alert.GetProperty("activeAt").GetDateTimeOffset()));
        }

        return states;
    }

    private async Task StartServersAsync(CancellationToken cancellationToken)
    {
        Task<PeerProcess> theirs = PeerProcess.StartAsync("prometheus", _theirArguments, new Uri(TheirClient.Http.BaseAddress!, "-/ready"), cancellationToken);
        _ours = await ServerProcess.StartAsync(
            new ServerProcessOptions { DataDirectory = Path.Combine(_directory.FullName, "ours"), Arguments = _ourArguments }, cancellationToken);
        _theirs = await theirs;
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
