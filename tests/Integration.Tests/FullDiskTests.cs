using System.Net;
using RemoteStore.Integration.Tests.Workload;
using RemoteStore.Testing;
using Xunit.Abstractions;

namespace RemoteStore.Integration.Tests;

/// <summary>The disk fills up under load and gets space again.</summary>
public sealed class FullDiskTests(ITestOutputHelper output)
{
    private const int SizeMebibytes = 32;
    private const int FillerMebibytes = 16;

    [SmallFileSystemFact]
    public async Task FullDisk_SpaceReturns_WritesGoOnAndNothingAcknowledgedIsMissing()
    {
        using SmallFileSystem disk = SmallFileSystem.TryMount(SizeMebibytes, out string reason) ?? throw new IOException(reason);
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        string filler = Path.Combine(disk.Directory, "filler");
        await File.WriteAllBytesAsync(filler, new byte[FillerMebibytes << 20], timeout.Token);
        var options = new ServerProcessOptions
        {
            DataDirectory = Path.Combine(disk.Directory, "data"),
            Arguments = ["--storage.flush-interval=1s", "--storage.flush-rows=200000", "--storage.wal-segment-bytes=1MiB"],
        };
        var workload = new AcknowledgedWorkload(new WorkloadOptions { SeriesPerWriter = 500, NewSeries = false, ReadBackEvery = 0 }, TimeProvider.System);

        await using (ServerProcess server = await ServerProcess.StartAsync(options, timeout.Token))
        {
            await workload.RunUntilAsync(server, "writes are refused for want of space", () => Refused(workload) >= 20, TimeSpan.FromMinutes(2));
            output.WriteLine($"full after {workload.AcknowledgedSamples} acknowledged samples");
            await workload.VerifyAsync(server.Client, timeout.Token);

            File.Delete(filler);
            long before = workload.AcknowledgedSamples;
            await workload.RunUntilAsync(server, "writes are acknowledged again", () => workload.AcknowledgedSamples > before + 50_000, TimeSpan.FromMinutes(1));
            server.Kill9();
            _ = await server.WaitForExitAsync(TimeSpan.FromSeconds(10), timeout.Token);
        }

        await using ServerProcess again = await ServerProcess.StartAsync(options, timeout.Token);
        await workload.VerifyAsync(again.Client, timeout.Token);
        output.WriteLine($"{workload.AcknowledgedSamples} samples acknowledged, answers: {string.Join(", ", workload.Answers)}");
    }

    private static int Refused(AcknowledgedWorkload workload) => workload.Answers.GetValueOrDefault(HttpStatusCode.ServiceUnavailable);
}
