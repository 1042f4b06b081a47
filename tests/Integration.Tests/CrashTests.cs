using System.Globalization;
using RemoteStore.Integration.Tests.Workload;
using RemoteStore.Testing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace RemoteStore.Integration.Tests;

/// <summary>The process dies in any place; nothing that it acknowledged may be missing afterwards.</summary>
public sealed class CrashTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>How often the process is killed at a random moment; the full form is 60.</summary>
    private const string KillsVariable = "REMOTESTORE_CRASH_KILLS";

    private static readonly string[] s_busy =
        ["--storage.flush-interval=300ms", "--storage.flush-rows=5000", "--storage.wal-segment-bytes=1MiB", "--storage.block-range=2s"];

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("remotestore-crash-");
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(20));

    /// <summary>Places inside flush, merge, manifest swap, truncation and cut. A registry snapshot is taken at shutdown, so its process gets SIGTERM first.</summary>
    public static TheoryData<string, bool> Failpoints => new()
    {
        { "flush.before-part", false },
        { "flush.after-part", false },
        { "flush.before-manifest", false },
        { "manifest.mid-swap", false },
        { "flush.after-manifest", false },
        { "flush.before-truncate", false },
        { "flush.after-truncate", false },
        { "merge.before", false },
        { "merge.mid-write", false },
        { "merge.before-manifest", false },
        { "merge.after-manifest", false },
        { "cut.before", false },
        { "cut.mid-write", false },
        { "cut.after-block", false },
        { "cut.before-manifest", false },
        { "cut.after-manifest", false },
        { "registry.mid-snapshot", true },
    };

    private ServerProcessOptions Options => new() { DataDirectory = _directory.FullName, Arguments = s_busy };

    [Fact]
    public async Task Kill9_AtRandomMomentsUnderLoad_NothingAcknowledgedIsMissing()
    {
        int kills = int.Parse(Environment.GetEnvironmentVariable(KillsVariable) ?? "12", CultureInfo.InvariantCulture);
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var workload = new AcknowledgedWorkload(new WorkloadOptions(), TimeProvider.System, seed);
        for (int kill = 0; kill < kills; kill++)
        {
            await using ServerProcess server = await ServerProcess.StartAsync(Options, _timeout.Token);
            await workload.VerifyAsync(server.Client, _timeout.Token);

            Task load = workload.RunAsync(server, _timeout.Token);
            Task cuts = CutNowAndThenAsync(server);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(20, 1200)), TimeProvider.System, _timeout.Token);
            server.Kill9();
            await load;
            await cuts;
            (await server.WaitForExitAsync(TimeSpan.FromSeconds(10), _timeout.Token)).ShouldBe(ServerProcess.KilledExitCode, server.Log);
        }

        await using ServerProcess last = await ServerProcess.StartAsync(Options, _timeout.Token);
        await workload.VerifyAsync(last.Client, _timeout.Token);
        output.WriteLine($"{kills} kills, {workload.AcknowledgedSamples} samples acknowledged");
        workload.AcknowledgedSamples.ShouldBeGreaterThan(kills * 20);
    }

    [Theory]
    [MemberData(nameof(Failpoints))]
    public async Task Kill9_AtFailpoint_NothingAcknowledgedIsMissing(string failpoint, bool atShutdown)
    {
        var workload = new AcknowledgedWorkload(new WorkloadOptions(), TimeProvider.System);
        foreach (int hit in (int[])[1, 2])
        {
            if (atShutdown && hit > 1)
            {
                break; // there is one shutdown in a life
            }

            await using ServerProcess server = ServerProcess.Launch(Options with { Failpoints = $"{failpoint}=kill:{hit}" });
            Task load = Task.CompletedTask;
            Task cuts = Task.CompletedTask;
            if (await server.WaitReadyOrExitAsync(Options.ReadyWithin, _timeout.Token))
            {
                load = workload.RunAsync(server, _timeout.Token);
                cuts = failpoint.StartsWith("cut.", StringComparison.Ordinal) ? CutNowAndThenAsync(server) : cuts;
                if (atShutdown)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, _timeout.Token);
                    server.Sigterm();
                }
            }

            int exitCode = await server.WaitForExitAsync(TimeSpan.FromSeconds(60), _timeout.Token);
            await load;
            await cuts;
            exitCode.ShouldBe(ServerProcess.KilledExitCode, $"the process must die at {failpoint}\n{server.Log}");
            await using ServerProcess survivor = await ServerProcess.StartAsync(Options, _timeout.Token);
            await workload.VerifyAsync(survivor.Client, _timeout.Token);
            survivor.Kill9();
            _ = await survivor.WaitForExitAsync(TimeSpan.FromSeconds(10), _timeout.Token);
        }

        await using (ServerProcess again = await ServerProcess.StartAsync(Options, _timeout.Token))
        {
            await workload.VerifyAsync(again.Client, _timeout.Token);
            using var some = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
            await workload.RunAsync(again, some.Token);
            again.Sigterm();
            (await again.WaitForExitAsync(TimeSpan.FromSeconds(30), _timeout.Token)).ShouldBe(0, again.Log);
        }

        await using ServerProcess last = await ServerProcess.StartAsync(Options, _timeout.Token);
        await workload.VerifyAsync(last.Client, _timeout.Token);
        output.WriteLine($"{workload.AcknowledgedSamples} samples acknowledged");
    }

    /// <summary>The workload's samples lie in ranges that have ended: asks for blocks of them again and again while the server lives.</summary>
    private async Task CutNowAndThenAsync(ServerProcess server)
    {
        while (server.IsRunning && !_timeout.IsCancellationRequested)
        {
            try
            {
                _ = await server.Client.PostAsync("api/v1/admin/flush?cut=ended", _timeout.Token);
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, _timeout.Token);
            }
            catch (HttpRequestException e) when (e.StatusCode is null or System.Net.HttpStatusCode.ServiceUnavailable)
            {
                // Killed while answering, or starting.
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, _timeout.Token);
            }
        }
    }

    public void Dispose()
    {
        _timeout.Dispose();
        _directory.Delete(recursive: true);
    }
}
