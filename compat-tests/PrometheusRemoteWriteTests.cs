using System.Diagnostics;
using System.Globalization;
using RemoteStore.CompatTests.Peers;
using RemoteStore.Model.Samples;
using RemoteStore.Testing;
using Shouldly;
using Xunit.Abstractions;

namespace RemoteStore.CompatTests;

/// <summary>A real Prometheus writes here through crashes of ours; afterwards both sides must hold the same.</summary>
public sealed class PrometheusRemoteWriteTests(ITestOutputHelper output)
{
    private const int Kills = 5;

    /// <summary>Length of the run in minutes; the full form is ten.</summary>
    private const string MinutesVariable = "REMOTESTORE_PROMETHEUS_MINUTES";

    [PeerFact("prometheus", "prometheus-node-exporter")]
    public async Task RemoteWrite_ServerKilledFiveTimes_BothSidesHoldTheSameBits()
    {
        double minutes = double.Parse(Environment.GetEnvironmentVariable(MinutesVariable) ?? "2", CultureInfo.InvariantCulture);
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(minutes + 8));
        CancellationToken cancellationToken = timeout.Token;
        DirectoryInfo directory = Directory.CreateTempSubdirectory("remotestore-compat-");
        var options = new ServerProcessOptions { DataDirectory = directory.FullName, Port = FreePorts.Next() };
        ServerProcess server = await ServerProcess.StartAsync(options, cancellationToken);
        try
        {
            await using PrometheusPair prometheus = await PrometheusPair.StartAsync(new Uri(server.Url, "api/v1/write"), cancellationToken);
            TimeSpan part = TimeSpan.FromMinutes(minutes) / (Kills + 1);
            for (int kill = 0; kill < Kills; kill++)
            {
                // Somewhere in its part of the time; the rest of the part follows the restart, so that the whole takes as long as asked for.
                TimeSpan before = part * (0.25 + (Random.Shared.NextDouble() / 2));
                await Task.Delay(before, TimeProvider.System, cancellationToken);
                server.Kill9();
                (await server.WaitForExitAsync(TimeSpan.FromSeconds(10), cancellationToken)).ShouldBe(ServerProcess.KilledExitCode, server.Log);
                await server.DisposeAsync();

                long started = Stopwatch.GetTimestamp();
                server = await ServerProcess.StartAsync(options, cancellationToken);
                output.WriteLine($"kill {kill + 1}: ready again after {Stopwatch.GetElapsedTime(started).TotalSeconds:0.00} s");
                await Task.Delay(part - before, TimeProvider.System, cancellationToken);
            }

            await Task.Delay(part, TimeProvider.System, cancellationToken);
            await prometheus.StopScrapingAndDrainAsync(cancellationToken);
            await CompareAsync(prometheus, server, cancellationToken);
        }
        finally
        {
            await server.DisposeAsync();
            directory.Delete(recursive: true);
        }
    }

    private async Task CompareAsync(PrometheusPair prometheus, ServerProcess server, CancellationToken cancellationToken)
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        RemoteReadResult theirs = await prometheus.Client.ReadAsync(0, now, cancellationToken);
        RemoteReadResult ours = await server.Client.ReadAsync(0, now, cancellationToken);
        double failures = await prometheus.SumAsync("prometheus_remote_storage_samples_failed_total", cancellationToken);
        double drops = await prometheus.SumAsync("prometheus_remote_storage_samples_dropped_total", cancellationToken);
        string failed = string.Create(CultureInfo.InvariantCulture, $"Prometheus says that {failures} samples failed and {drops} were dropped");
        output.WriteLine($"Prometheus: {theirs.Series.Count} series, {theirs.SampleCount} samples; here: {ours.Series.Count} series, {ours.SampleCount} samples; {failed}");

        theirs.Series.Count.ShouldBeGreaterThan(500);
        foreach (List<(long TimestampMs, long Bits)> samples in ours.Series.Values)
        {
            samples.Zip(samples.Skip(1)).ShouldAllBe(p => p.First.TimestampMs < p.Second.TimestampMs, "a timestamp came twice or out of order");
        }

        string[] differences = [.. SeriesDifference.Find(theirs, ours)];
        differences.ShouldBeEmpty($"{failed}\n{string.Join('\n', differences.Take(20))}\nPrometheus logged:\n{prometheus.Log[^Math.Min(prometheus.Log.Length, 4000)..]}");
        int ended = ours.Series.Values.Count(s => s[^1].Bits == SampleBits.StaleMarker);
        ended.ShouldBe(ours.Series.Count, "every series must end with the stale marker that Prometheus wrote when its target went away");
    }
}
