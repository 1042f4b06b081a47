using System.Text.Json;
using RemoteStore.Integration.Tests.Workload;
using RemoteStore.Testing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace RemoteStore.Integration.Tests;

/// <summary>A bit flips on disk while the store is down: it starts, serves the rest, never an altered sample, and says what is lost.</summary>
public sealed class CorruptionTests(ITestOutputHelper output) : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("remotestore-corruption-");
    private readonly CancellationTokenSource _timeout = new(TimeSpan.FromMinutes(5));
    private readonly AcknowledgedWorkload _workload = new(new WorkloadOptions(), TimeProvider.System);

    /// <summary>Nothing is flushed or merged unless asked for.</summary>
    private ServerProcessOptions Options => new() { DataDirectory = _directory.FullName, Arguments = ["--storage.flush-interval=1h", "--storage.flush-rows=100000000"] };

    [Fact]
    public async Task FlippedBit_InTheLog_RestIsServedAndTheLossReported()
    {
        await using (ServerProcess server = await ServerProcess.StartAsync(Options, _timeout.Token))
        {
            await WriteAsync(server, requests: 400);
            server.Kill9();
            _ = await server.WaitForExitAsync(TimeSpan.FromSeconds(10), _timeout.Token);
        }

        FlipBit(Path.Combine(_directory.FullName, "wal"));

        await using ServerProcess again = await ServerProcess.StartAsync(Options, _timeout.Token);
        await CheckRestIsServedAsync(again);
        JsonElement status = await StatusAsync(again);
        output.WriteLine(status.ToString());
        status.GetProperty("lostWindows").GetArrayLength().ShouldBe(1);
        (await again.Client.GetMetricAsync("remotestore_wal_replay_gaps_total", _timeout.Token)).Values.Sum().ShouldBe(1);
        await CheckItGoesOnAsync(again);
    }

    [Fact]
    public async Task FlippedBit_InAPart_RestIsServedAndThePartSetAside()
    {
        await using (ServerProcess server = await ServerProcess.StartAsync(Options, _timeout.Token))
        {
            await WriteAsync(server, requests: 1500); // several blocks of rows
            server.Sigterm();
            _ = await server.WaitForExitAsync(TimeSpan.FromSeconds(30), _timeout.Token);
        }

        await using (ServerProcess server = await ServerProcess.StartAsync(Options, _timeout.Token))
        {
            // The log of the first life is gone after this: what is in the part is nowhere else.
            _ = await server.Client.PostAsync("api/v1/admin/flush?merge=1", _timeout.Token);
            await WriteAsync(server, requests: 50);
            server.Kill9();
            _ = await server.WaitForExitAsync(TimeSpan.FromSeconds(10), _timeout.Token);
        }

        FlipBit(Path.Combine(_directory.FullName, "parts"));

        await using ServerProcess again = await ServerProcess.StartAsync(Options, _timeout.Token);
        await CheckRestIsServedAsync(again);
        JsonElement status = await StatusAsync(again);
        output.WriteLine(status.ToString());
        status.GetProperty("quarantinedParts").GetArrayLength().ShouldBe(1);
        (await again.Client.GetMetricAsync("remotestore_tsdb_parts_quarantined_total", _timeout.Token)).Values.Sum().ShouldBe(1);
        await CheckItGoesOnAsync(again);
    }

    [Fact]
    public async Task FlippedBit_InABlock_RestIsServedAndTheBlockSetAside()
    {
        // An object store that forgets: else the block would be read from there.
        ServerProcessOptions options = Options with { Arguments = [.. Options.Arguments, "--storage.block-range=1s", "--storage.object-store.backend=memory"] };
        await using (ServerProcess server = await ServerProcess.StartAsync(options, _timeout.Token))
        {
            await WriteAsync(server, requests: 1500);
            string report = await server.Client.PostAsync("api/v1/admin/flush?cut=ended", _timeout.Token);
            output.WriteLine(report);
            await WriteAsync(server, requests: 50);
            server.Sigterm();
            _ = await server.WaitForExitAsync(TimeSpan.FromSeconds(30), _timeout.Token);
        }

        FlipBit(Path.Combine(_directory.FullName, "blocks"), "chunks");

        await using ServerProcess again = await ServerProcess.StartAsync(options, _timeout.Token);
        await CheckRestIsServedAsync(again);
        JsonElement status = await StatusAsync(again);
        output.WriteLine(status.ToString());
        status.GetProperty("quarantinedParts").GetArrayLength().ShouldBe(1);
        (await again.Client.GetMetricAsync("remotestore_tsdb_blocks_quarantined_total", _timeout.Token)).Values.Sum().ShouldBe(1);
        await CheckItGoesOnAsync(again);
    }

    public void Dispose()
    {
        _timeout.Dispose();
        _directory.Delete(recursive: true);
    }

    private async Task WriteAsync(ServerProcess server, int requests)
    {
        int target = _workload.Acknowledged + requests;
        await _workload.RunUntilAsync(server, $"{target} requests are acknowledged", () => _workload.Acknowledged >= target, TimeSpan.FromMinutes(1));
    }

    /// <summary>Flips a bit in the middle of what is written in the largest file.</summary>
    private void FlipBit(string folder, string files = "*")
    {
        FileInfo file = new DirectoryInfo(folder).EnumerateFiles(files, SearchOption.AllDirectories).OrderByDescending(WrittenLength).First();
        long position = WrittenLength(file) / 2;
        using FileStream stream = file.Open(FileMode.Open, FileAccess.ReadWrite);
        stream.Position = position;
        int value = stream.ReadByte();
        stream.Position = position;
        stream.WriteByte((byte)(value ^ 0x10));
        output.WriteLine($"flipped a bit of {Path.GetRelativePath(_directory.FullName, file.FullName)} at {position}");
    }

    /// <summary>Length up to the last byte that is not zero: log segments are made longer beforehand.</summary>
    private static long WrittenLength(FileInfo file) => File.ReadAllBytes(file.FullName).AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    private async Task CheckRestIsServedAsync(ServerProcess server)
    {
        long missing = await _workload.CountMissingAsync(server.Client, _timeout.Token);
        output.WriteLine($"{missing} of {_workload.AcknowledgedSamples} samples are gone");
        missing.ShouldBeGreaterThan(0, "the bit flipped in data");
        missing.ShouldBeLessThan(_workload.AcknowledgedSamples / 2);
    }

    private async Task CheckItGoesOnAsync(ServerProcess server)
    {
        long missing = await _workload.CountMissingAsync(server.Client, _timeout.Token);
        await WriteAsync(server, requests: 100);
        (await _workload.CountMissingAsync(server.Client, _timeout.Token)).ShouldBeLessThanOrEqualTo(missing);
    }

    private async Task<JsonElement> StatusAsync(ServerProcess server)
    {
        JsonElement answer = await server.Client.GetJsonAsync("api/v1/status/durability", _timeout.Token);
        return answer.TryGetProperty("data", out JsonElement data) ? data : answer;
    }
}
