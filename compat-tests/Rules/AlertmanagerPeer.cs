using System.Text.Json;
using RemoteStore.CompatTests.Peers;
using RemoteStore.Testing;

namespace RemoteStore.CompatTests.Rules;

/// <summary>A real Alertmanager that tells nobody.</summary>
internal sealed class AlertmanagerPeer : IAsyncDisposable
{
    private const string Config = """
        route: {receiver: nobody}
        receivers: [{name: nobody}]

        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("remotestore-alertmanager-");
    private readonly HttpClient _http = new();
    private PeerProcess? _process;

    private AlertmanagerPeer() => Url = new Uri($"http://127.0.0.1:{FreePorts.Next()}/");

    /// <summary>Its address.</summary>
    public Uri Url { get; }

    public static async Task<AlertmanagerPeer> StartAsync(CancellationToken cancellationToken)
    {
        var peer = new AlertmanagerPeer();
        try
        {
            string config = Path.Combine(peer._directory.FullName, "alertmanager.yml");
            await File.WriteAllTextAsync(config, Config, cancellationToken);
            peer._process = await PeerProcess.StartAsync(
                "prometheus-alertmanager",
                [
                    $"--config.file={config}",
                    $"--storage.path={Path.Combine(peer._directory.FullName, "data")}",
                    $"--web.listen-address={peer.Url.Authority}",
                    "--cluster.listen-address=",
                ],
                new Uri(peer.Url, "-/ready"),
                cancellationToken);
            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Alerts that it takes for firing, by name.</summary>
    public async Task<SortedDictionary<string, HeldAlert>> AlertsAsync(CancellationToken cancellationToken)
    {
        using var json = JsonDocument.Parse(await _http.GetStringAsync(new Uri(Url, "api/v2/alerts"), cancellationToken));
        var alerts = new SortedDictionary<string, HeldAlert>(StringComparer.Ordinal);
        foreach (JsonElement alert in json.RootElement.EnumerateArray())
        {
            JsonElement labels = alert.GetProperty("labels");
            alerts.Add(
                labels.GetProperty("alertname").GetString()!,
                new HeldAlert(
                    Sorted(labels), Sorted(alert.GetProperty("annotations")), alert.GetProperty("generatorURL").GetString()!, alert.GetProperty("startsAt").GetDateTimeOffset()));
        }

        return alerts;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _http.Dispose();
        _directory.Delete(recursive: true);
    }

    private static string Sorted(JsonElement texts) =>
        string.Join(", ", texts.EnumerateObject().OrderBy(static text => text.Name, StringComparer.Ordinal).Select(static text => $"{text.Name}={text.Value}"));
}

/// <summary>An alert as an Alertmanager holds it.</summary>
internal sealed record HeldAlert(string Labels, string Annotations, string GeneratorUrl, DateTimeOffset StartsAt);
