using RemoteStore.Storage.Administration;
using RemoteStore.Storage.Appending;

namespace RemoteStore.Api.Tests.Endpoints;

public sealed class AdministrationTests : IAsyncLifetime
{
    private ApiHost _host = null!;

    public async Task InitializeAsync() => _host = await ApiHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/admin/flush", false)]
    [InlineData("/api/v1/admin/flush?merge=0", false)]
    [InlineData("/api/v1/admin/flush?merge=1", true)]
    [InlineData("/prometheus/api/v1/admin/flush?merge=true", true)]
    public async Task Flush_Post_FlushesAndTellsBytesByKind(string path, bool merge)
    {
        (int status, string body) = await _host.PostFormAsync(path);

        status.ShouldBe(200);
        body.ShouldBe("""{"status":"success","data":{"bytesOnDisk":{"parts":100,"wal":5},"totalBytes":105,"parts":1,"rows":42,"blocks":0,"blockSamples":0}}""");
        _host.Administration.Flushes.ShouldBe([merge]);
    }

    [Theory]
    [InlineData("over", false)]
    [InlineData("ended", true)]
    public async Task Flush_Cut_FlushesAndCuts(string cut, bool allEnded)
    {
        (int status, string body) = await _host.PostFormAsync($"/api/v1/admin/flush?cut={cut}");

        status.ShouldBe(200);
        body.ShouldBe("""{"status":"success","data":{"bytesOnDisk":{"blocks-index":7},"totalBytes":7,"parts":0,"rows":0,"blocks":2,"blockSamples":42}}""");
        _host.Administration.Flushes.ShouldBe([false]);
        _host.Administration.Cuts.ShouldBe([allEnded]);
    }

    [Fact]
    public async Task Flush_BadCut_IsBadDataAndDoesNothing()
    {
        (await _host.PostFormAsync("/api/v1/admin/flush?cut=1")).Status.ShouldBe(400);
        _host.Administration.Flushes.ShouldBeEmpty();
        _host.Administration.Cuts.ShouldBeEmpty();
    }

    [Fact]
    public async Task Flush_Get_Is405AndDoesNothing()
    {
        (await _host.GetAsync("/api/v1/admin/flush")).Status.ShouldBe(405);
        _host.Administration.Flushes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Flush_BadMerge_IsBadDataAndDoesNothing()
    {
        (await _host.PostFormAsync("/api/v1/admin/flush?merge=maybe")).Status.ShouldBe(400);
        _host.Administration.Flushes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Durability_Healthy_SaysSo() => (await _host.GetDataAsync("/api/v1/status/durability")).ShouldBe(
        """{"mode":"fsync","walState":"healthy","walGeneration":"g-1","lostWindows":[],"quarantinedParts":[],"lastFsyncFailure":null}""");

    [Fact]
    public async Task Durability_Damage_IsListed()
    {
        _host.Readiness.SetStopping("draining");
        _host.Administration.Report = new DurabilityReport(
            Durability.Memory,
            WalState.Failed,
            "g-2",
            [
                new LostWindow("g-1", "wal.0", 100, 612, 7, 9, "lost/wal.0.100", "hash mismatch"),
                new LostWindow("g-1", "wal.1", 0, 8, 20, null, null, "short"),
            ],
            [new QuarantinedPart("p-1", "quarantine/p-1", "checksum", 1_500)],
            new FsyncFailure(2_000, "sync wal.0: no space left"));

        (await _host.GetDataAsync("/api/v1/status/durability")).ShouldBe(
            """{"mode":"memory","walState":"failed","walGeneration":"g-2","lostWindows":["""
            + """{"generation":"g-1","file":"wal.0","startOffset":100,"endOffset":612,"firstSequence":7,"lastSequence":9,"copiedTo":"lost/wal.0.100","reason":"hash mismatch"},"""
            + """{"generation":"g-1","file":"wal.1","startOffset":0,"endOffset":8,"firstSequence":20,"lastSequence":null,"copiedTo":null,"reason":"short"}"""
            + """],"quarantinedParts":[{"part":"p-1","movedTo":"quarantine/p-1","reason":"checksum","time":1.500}]"""
            + ""","lastFsyncFailure":{"time":2,"what":"sync wal.0: no space left"}}""");
    }

    [Theory]
    [InlineData(WalReplayState.Waiting, "waiting")]
    [InlineData(WalReplayState.InProgress, "in progress")]
    [InlineData(WalReplayState.Done, "done")]
    public async Task WalReplay_EachPhase_IsTold(WalReplayState state, string expected)
    {
        _host.Administration.Replay = new WalReplayProgress(2, 5, 3, state);

        (await _host.GetDataAsync("/api/v1/status/walreplay")).ShouldBe($$"""{"min":2,"max":5,"current":3,"state":"{{expected}}"}""");
    }
}
