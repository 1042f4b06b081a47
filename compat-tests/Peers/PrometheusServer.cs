using RemoteStore.Testing;

namespace RemoteStore.CompatTests.Peers;

/// <summary>A Prometheus that takes remote write, on a free port and with data of its own.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly DirectoryInfo _directory;
    private PeerProcess? _process;

    private PrometheusServer(DirectoryInfo directory, int port)
    {
        _directory = directory;
        Client = new StoreClient(new Uri($"http://127.0.0.1:{port}/"));
    }

    /// <summary>Speaks to it.</summary>
    public StoreClient Client { get; }

    /// <summary>Its address.</summary>
    public Uri Url => Client.Http.BaseAddress!;

    /// <summary>What it logged.</summary>
    public string Log => _process?.Log ?? "";

    /// <summary>Starts one.</summary>
    /// <param name="config">Its configuration; empty scrapes nothing.</param>
    /// <param name="cancellationToken">Ends the wait until it is ready.</param>
    public static async Task<PrometheusServer> StartAsync(string config, CancellationToken cancellationToken)
    {
        int port = FreePorts.Next();
        var server = new PrometheusServer(Directory.CreateTempSubdirectory("remotestore-prometheus-"), port);
        try
        {
            string file = Path.Combine(server._directory.FullName, "prometheus.yml");
            await File.WriteAllTextAsync(file, config, cancellationToken);
            server._process = await PeerProcess.StartAsync(
                "prometheus",
                [
                    $"--config.file={file}",
                    $"--storage.tsdb.path={Path.Combine(server._directory.FullName, "data")}",
                    "--storage.tsdb.retention.time=100y",
                    $"--web.listen-address=127.0.0.1:{port}",
                    "--web.enable-remote-write-receiver",
                    "--enable-feature=exemplar-storage",
                ],
                new Uri(server.Url, "-/ready"),
                cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Client.Dispose();
        _directory.Delete(recursive: true);
    }
}
