using System.Net;
using RemoteStore.Testing;
using Shouldly;

namespace RemoteStore.CompatTests.Peers;

/// <summary>A Prometheus and a server of ours that hold the same samples.</summary>
internal sealed class ServerPair : IAsyncDisposable
{
    /// <summary>Prometheus takes samples up to an hour behind its newest one, so they are sent in slices of time.</summary>
    private static readonly TimeSpan s_slice = TimeSpan.FromMinutes(15);

    private ServerPair(PrometheusServer theirs, ServerProcess ours)
    {
        Theirs = theirs;
        Ours = ours;
    }

    /// <summary>The Prometheus.</summary>
    public PrometheusServer Theirs { get; }

    /// <summary>Ours.</summary>
    public ServerProcess Ours { get; }

    /// <summary>Starts both and writes the data to both, by the same requests.</summary>
    public static async Task<ServerPair> StartAsync(IReadOnlyList<DataSeries> data, CancellationToken cancellationToken)
    {
        PrometheusServer theirs = await PrometheusServer.StartAsync("", cancellationToken);
        ServerProcess? ours = null;
        try
        {
            ours = await ServerProcess.StartAsync(new ServerProcessOptions { Arguments = ["--retention=0"] }, cancellationToken);
            var pair = new ServerPair(theirs, ours);
            await pair.WriteAsync(data, cancellationToken);
            return pair;
        }
        catch
        {
            await theirs.DisposeAsync();
            if (ours is not null)
            {
                await ours.DisposeAsync();
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Theirs.DisposeAsync();
        await Ours.DisposeAsync();
    }

    private async Task WriteAsync(IReadOnlyList<DataSeries> data, CancellationToken cancellationToken)
    {
        long first = data.Min(static s => s.Samples[0].TimestampMs);
        long last = data.Max(static s => s.Samples[^1].TimestampMs);
        for (long from = first; from <= last; from += (long)s_slice.TotalMilliseconds)
        {
            long before = from + (long)s_slice.TotalMilliseconds;
            var body = new RemoteWriteBody();
            foreach (DataSeries series in data)
            {
                (long, long)[] samples = [.. series.Samples.Where(s => s.TimestampMs >= from && s.TimestampMs < before)];
                if (samples.Length > 0)
                {
                    _ = body.Add([.. series.Labels], samples);
                }
            }

            foreach (StoreClient client in (StoreClient[])[Theirs.Client, Ours.Client])
            {
                (HttpStatusCode status, string text) = await client.WriteAsync(body, cancellationToken);
                ((int)status / 100).ShouldBe(2, $"{client.Http.BaseAddress} refused samples from {from}: {text}");
            }
        }
    }
}
