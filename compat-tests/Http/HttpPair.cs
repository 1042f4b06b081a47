using RemoteStore.CompatTests.Peers;
using Xunit;

namespace RemoteStore.CompatTests.Http;

/// <summary>The two servers of the tests of the HTTP API; not started where Prometheus is not installed.</summary>
public sealed class HttpPair : IAsyncLifetime
{
    private ServerPair? _servers;

    internal HttpData Data { get; } = new(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 15 * 15);

    internal ServerPair Servers => _servers ?? throw new FileNotFoundException("prometheus is required (REMOTESTORE_REQUIRE_PEERS=1) and not installed");

    public async Task InitializeAsync()
    {
        if (PeerProcess.Find("prometheus") is not null)
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
            _servers = await ServerPair.StartAsync(Data.Series, timeout.Token);
        }
    }

    public async Task DisposeAsync()
    {
        if (_servers is not null)
        {
            await _servers.DisposeAsync();
        }
    }
}
