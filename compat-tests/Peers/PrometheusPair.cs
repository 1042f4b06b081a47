using System.Globalization;
using RemoteStore.Testing;

namespace RemoteStore.CompatTests.Peers;

/// <summary>A Prometheus that scrapes a node_exporter and itself every second and writes all of it to one remote server.</summary>
internal sealed class PrometheusPair : IAsyncDisposable
{
    private readonly DirectoryInfo _directory;
    private readonly int _port;
    private readonly int _exporterPort;
    private readonly Uri _writeUrl;
    private PeerProcess? _exporter;
    private PeerProcess? _prometheus;

    private PrometheusPair(Uri writeUrl)
    {
        _writeUrl = writeUrl;
        _directory = Directory.CreateTempSubdirectory("remotestore-prometheus-");
        _port = FreePorts.Next();
        _exporterPort = FreePorts.Next();
        Client = new StoreClient(new Uri($"http://127.0.0.1:{_port}/"));
    }

    /// <summary>Reads from Prometheus itself.</summary>
    public StoreClient Client { get; }

    /// <summary>What Prometheus logged.</summary>
    public string Log => _prometheus?.Log ?? "";

    private string ConfigFile => Path.Combine(_directory.FullName, "prometheus.yml");

    public static async Task<PrometheusPair> StartAsync(Uri writeUrl, CancellationToken cancellationToken)
    {
        var pair = new PrometheusPair(writeUrl);
        try
        {
            await pair.StartProcessesAsync(cancellationToken);
            return pair;
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Drops all targets: Prometheus ends their series with stale markers, a little over two scrape intervals later. Returns when all of it is sent.
    /// </summary>
    public async Task StopScrapingAndDrainAsync(CancellationToken cancellationToken)
    {
        await SetTargetsAsync("node", "[]", cancellationToken);
        await SetTargetsAsync("prometheus", "[]", cancellationToken);

        // The marker of the last series of the last target is the last sample there is; the newest sample then stays the same.
        double newest = 0;
        int unchanged = 0;
        string state = "";
        await Until.TrueAsync(
            "the newest sample of Prometheus is sent and nothing is pending",
            TimeSpan.FromMinutes(3),
            async () =>
            {
                double pending = await SumAsync("prometheus_remote_storage_samples_pending", cancellationToken);
                double sent = await SumAsync("prometheus_remote_storage_queue_highest_sent_timestamp_seconds", cancellationToken);
                double received = await SumAsync("prometheus_remote_storage_highest_timestamp_in_seconds", cancellationToken);
                state = string.Create(CultureInfo.InvariantCulture, $"pending {pending}, newest sent {sent}, newest {received}");
                unchanged = pending == 0 && sent == received && received == newest ? unchanged + 1 : 0;
                newest = received;
                return unchanged >= 150; // 15 s: past discovery (5 s), the markers' delay (2.1 s) and the send deadline (5 s)
            },
            () => state + "\n" + Log,
            cancellationToken);
    }

    /// <summary>Sum of a metric of Prometheus over its labels.</summary>
    public async Task<double> SumAsync(string metric, CancellationToken cancellationToken) =>
        (await Client.GetMetricAsync(metric, cancellationToken)).Values.Sum();

    public async ValueTask DisposeAsync()
    {
        if (_prometheus is not null)
        {
            await _prometheus.DisposeAsync();
        }

        if (_exporter is not null)
        {
            await _exporter.DisposeAsync();
        }

        Client.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task StartProcessesAsync(CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(ConfigFile, Config(), cancellationToken);
        await SetTargetsAsync("node", $"[{{\"targets\":[\"127.0.0.1:{_exporterPort}\"]}}]", cancellationToken);
        await SetTargetsAsync("prometheus", $"[{{\"targets\":[\"127.0.0.1:{_port}\"]}}]", cancellationToken);
        _exporter = await PeerProcess.StartAsync(
            "prometheus-node-exporter",
            [$"--web.listen-address=127.0.0.1:{_exporterPort}"],
            new Uri($"http://127.0.0.1:{_exporterPort}/metrics"),
            cancellationToken);
        _prometheus = await PeerProcess.StartAsync(
            "prometheus",
            [
                $"--config.file={ConfigFile}",
                $"--storage.tsdb.path={Path.Combine(_directory.FullName, "data")}",
                $"--web.listen-address=127.0.0.1:{_port}",
                // A queue that is resized while the receiver is down must wait for it, not drop what it holds.
                "--storage.remote.flush-deadline=10m",
            ],
            new Uri(Client.Http.BaseAddress!, "-/ready"),
            cancellationToken);
    }

    /// <summary>Targets come from files: emptying a file ends its targets as a vanished pod does, while a dropped job ends without stale markers.</summary>
    private string Config() => $"""
        global:
          scrape_interval: 1s
          scrape_timeout: 1s
        remote_write:
          - url: {_writeUrl}
        scrape_configs:
          - job_name: node
            file_sd_configs: [{"{"}files: ["{TargetsFile("node")}"]{"}"}]
          - job_name: prometheus
            file_sd_configs: [{"{"}files: ["{TargetsFile("prometheus")}"]{"}"}]

        """;

    private string TargetsFile(string job) => Path.Combine(_directory.FullName, job + ".json");

    private async Task SetTargetsAsync(string job, string targets, CancellationToken cancellationToken)
    {
        string file = TargetsFile(job);
        await File.WriteAllTextAsync(file + ".new", targets, cancellationToken);
        File.Move(file + ".new", file, overwrite: true);
    }
}
