using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Primitives.Files;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.Downsampler.Tests;

/// <summary>Failing requests, deaths of the process at every step, and damaged blocks of every kind.</summary>
public sealed class DownsamplerFaultTests
{
    private const long Minutes5 = 300_000;
    private const long Hour = DownsamplerWorld.HourMs;
    private const long Day = DownsamplerWorld.DayMs;

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.Permanent)]
    public async Task RunRound_AnyRequestFails_TheSameProcessEndsItWithoutDuplicates(Fault fault)
    {
        bool done = false;
        for (int failing = 1; !done; failing++)
        {
            using var world = new DownsamplerWorld(8);
            _ = await world.UploadAsync(DownsamplerWorld.StartMs, intervalMs: 600_000);
            int request = 0;
            await using DownsamplerService downsampler = world.Start(
                bucket: new FaultyBucket(world.Bucket, _ => ++request == failing ? fault : Fault.None));
            _ = await downsampler.RunRoundAsync(CancellationToken.None);
            done = request < failing;

            await NothingIsMarkedAsync(world);
            world.Time.Advance(TimeSpan.FromHours(1));
            _ = await world.UpdateIndexAsync(DownsamplerWorld.Tenant);
            _ = await downsampler.RunRoundAsync(CancellationToken.None);
            await CheckEndAsync(world, $"request {failing}");
        }
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    public async Task RunRound_ProcessDiesAtAnyRequest_TheNextOneEndsItWithoutDuplicates(Fault last)
    {
        bool done = false;
        for (int failing = 1; !done; failing++)
        {
            using var world = new DownsamplerWorld(9);
            _ = await world.UploadAsync(DownsamplerWorld.StartMs, intervalMs: 600_000);
            int request = 0;
            await using (DownsamplerService dying = world.Start(
                bucket: new FaultyBucket(world.Bucket, _ => ++request == failing ? last : request > failing ? Fault.Before : Fault.None)))
            {
                _ = await dying.RunRoundAsync(CancellationToken.None); // nothing that it does behind the request reaches the bucket
            }

            done = request < failing;
            await NothingIsMarkedAsync(world);
            await EndAsync(world, $"request {failing}");
        }
    }

    [Theory]
    [InlineData("downsample.after-build")]
    [InlineData("upload.before")]
    [InlineData("upload.after-chunks")]
    [InlineData("upload.after-index")]
    [InlineData("upload.before-meta")]
    [InlineData("upload.after-meta")]
    public async Task RunRound_ProcessThatDies_LeavesNothingByHalves(string where)
    {
        for (int hit = 1; hit <= 2; hit++)
        {
            using var world = new DownsamplerWorld(4);
            _ = await world.UploadAsync(DownsamplerWorld.StartMs, intervalMs: 600_000);
            await using (DownsamplerService dying = world.Start(Failpoints.With(where, static () => throw new OperationCanceledException("the process dies"), hit)))
            {
                _ = await dying.RunRoundAsync(CancellationToken.None);
            }

            await NothingIsMarkedAsync(world);
            await EndAsync(world, $"{where}, {hit}");
        }
    }

    [Fact]
    public async Task RunRound_ProcessThatStartsBeforeTheBucketIsListed_WaitsForTheList()
    {
        using var world = new DownsamplerWorld(10);
        _ = await world.UploadAsync(DownsamplerWorld.StartMs);
        await using (DownsamplerService first = world.Start())
        {
            (await first.RunRoundAsync(CancellationToken.None)).ShouldBe(2);
        }

        world.Time.Advance(TimeSpan.FromSeconds(1));
        await using DownsamplerService second = world.Start();
        (await second.RunRoundAsync(CancellationToken.None)).ShouldBe(0, "what the first one made is not listed yet");

        _ = await world.UpdateIndexAsync(DownsamplerWorld.Tenant);
        (await second.RunRoundAsync(CancellationToken.None)).ShouldBe(0);
        await CheckEndAsync(world, "made once");
    }

    [Fact]
    public async Task RunRound_DamagedSamples_AreSetAsideAndStopOnlyTheirDay()
    {
        using var world = new DownsamplerWorld(5);
        BlockMeta damaged = await world.UploadAsync(DownsamplerWorld.StartMs);
        BlockMeta sound = await world.UploadAsync(DownsamplerWorld.StartMs + Day);
        _ = await world.UploadAsync(DownsamplerWorld.StartMs, tenant: DownsamplerWorld.Other);
        await world.DamageAsync(BucketLayout.File(damaged.Tenant, damaged.Id, BlockFile.Chunks));
        await using DownsamplerService downsampler = world.Start();

        (await downsampler.RunRoundAsync(CancellationToken.None)).ShouldBe(4);

        BucketIndex index = await world.UpdateIndexAsync(DownsamplerWorld.Tenant);
        BrokenMark mark = index.BrokenMarks[damaged.Id];
        mark.Reason.ShouldContain(damaged.Id.ToString());
        (mark.Range.MinTime, mark.Range.MaxTime).ShouldBe((damaged.MinTime, damaged.MaxTime));
        index.DeletionMarks.ShouldBeEmpty();
        (await world.MetricAsync("remotestore_downsampler_blocks_set_aside_total")).ShouldBe(1);
        (await world.MetricAsync("remotestore_downsampler_samples_lost_total")).ShouldBeGreaterThan(0);
        (await world.BlocksAsync(Hour)).ShouldHaveSingleItem().SourceBlocks.ShouldBe([sound.Id]);
        (await world.BlocksAsync(Hour, DownsamplerWorld.Other)).ShouldHaveSingleItem();

        world.Time.Advance(TimeSpan.FromHours(1));
        _ = await world.UpdateIndexAsync(DownsamplerWorld.Tenant);
        _ = await downsampler.RunRoundAsync(CancellationToken.None);
        (await world.MetricAsync("remotestore_downsampler_blocks_set_aside_total")).ShouldBe(1, "once is enough");
    }

    [Theory]
    [InlineData(BlockFile.Chunks)]
    [InlineData(BlockFile.Index)]
    public async Task RunRound_DamagedWindowsOfSamplesThatAreThere_AreMadeAnew(BlockFile file)
    {
        using var world = new DownsamplerWorld(11);
        _ = await world.UploadAsync(world.NowMs - (4 * Day), intervalMs: 300_000);
        (await world.RoundAsync()).ShouldBe(1, "hours are not due yet");
        BlockMeta fine = (await world.BlocksAsync(Minutes5)).ShouldHaveSingleItem();
        await (file == BlockFile.Index ? world.CutAsync(BucketLayout.File(fine.Tenant, fine.Id, file)) : world.DamageAsync(BucketLayout.File(fine.Tenant, fine.Id, file)));
        world.Time.Advance(TimeSpan.FromDays(30));
        _ = await world.UpdateIndexAsync(DownsamplerWorld.Tenant);

        (await world.RoundAsync()).ShouldBe(0);
        BucketIndex index = await world.UpdateIndexAsync(DownsamplerWorld.Tenant);
        index.BrokenMarks[fine.Id].Range.IsEmpty.ShouldBeTrue("the samples are there, nothing is lost");
        (await world.RoundAsync()).ShouldBe(2);

        await world.CheckAsync(Minutes5);
        await world.CheckAsync(Hour);
        (await world.MetricAsync("remotestore_downsampler_samples_lost_total")).ShouldBe(0);
    }

    [Fact]
    public async Task RunRound_DamagedWindowsOfSamplesThatAreGone_AreSetAsideWithWhatIsLost()
    {
        using var world = new DownsamplerWorld(12);
        BlockMeta raw = await world.UploadAsync(world.NowMs - (4 * Day), intervalMs: 300_000);
        _ = await world.RoundAsync();
        BlockMeta fine = (await world.BlocksAsync(Minutes5)).ShouldHaveSingleItem();
        await world.RemoveAsync(raw);
        await world.DamageAsync(BucketLayout.File(fine.Tenant, fine.Id, BlockFile.Chunks));
        world.Time.Advance(TimeSpan.FromDays(30));
        _ = await world.UpdateIndexAsync(DownsamplerWorld.Tenant);

        (await world.RoundAsync()).ShouldBe(0);

        BrokenMark mark = (await world.UpdateIndexAsync(DownsamplerWorld.Tenant)).BrokenMarks[fine.Id];
        (mark.Range.MinTime, mark.Range.MaxTime).ShouldBe((fine.MinTime, fine.MaxTime));
        (await world.MetricAsync("remotestore_downsampler_samples_lost_total")).ShouldBeGreaterThan(0);
        (await world.RoundAsync()).ShouldBe((await world.BlocksAsync(Minutes5)).Length, "hours of what is left of the windows");
    }

    [Fact]
    public async Task RunRound_DamagedWindowsThatStandForSamplesThatAreGone_TheSamplesThatAreLeftGetTheirs()
    {
        using var world = new DownsamplerWorld(13);
        long day = world.NowMs - (4 * Day);
        BlockMeta gone = await world.UploadAsync(day, 12 * Hour, intervalMs: 300_000);
        BlockMeta left = await world.UploadAsync(day + (12 * Hour), 12 * Hour, intervalMs: 300_000);
        _ = await world.RoundAsync();
        BlockMeta fine = (await world.BlocksAsync(Minutes5)).ShouldHaveSingleItem();
        await world.RemoveAsync(gone);
        await world.DamageAsync(BucketLayout.File(fine.Tenant, fine.Id, BlockFile.Chunks));
        BlockMeta late = await world.UploadAsync(day + (12 * Hour), 12 * Hour, intervalMs: 77_000);

        _ = await world.RoundAsync();
        (await world.UpdateIndexAsync(DownsamplerWorld.Tenant)).BrokenMarks.ContainsKey(fine.Id).ShouldBeTrue();
        world.Time.Advance(TimeSpan.FromHours(1));
        _ = await world.UpdateIndexAsync(DownsamplerWorld.Tenant);
        _ = await world.RoundAsync();

        (await world.BlocksAsync(Minutes5)).ShouldHaveSingleItem().SourceBlocks.ShouldBeSubsetOf([gone.Id, left.Id, late.Id]);
        (await world.BlocksAsync(Minutes5))[0].SourceBlocks.ShouldContain(late.Id);
    }

    private static async Task NothingIsMarkedAsync(DownsamplerWorld world)
    {
        BucketIndex index = await world.UpdateIndexAsync(DownsamplerWorld.Tenant);
        index.DeletionMarks.ShouldBeEmpty();
        index.BrokenMarks.ShouldBeEmpty();
        index.Readable.ShouldContain(static block => block.Meta.ResolutionMs == 0);
    }

    /// <summary>Lets the next process work.</summary>
    private static async Task EndAsync(DownsamplerWorld world, string when)
    {
        world.Time.Advance(TimeSpan.FromHours(1));
        _ = await world.UpdateIndexAsync(DownsamplerWorld.Tenant);
        _ = await world.RoundAsync();
        await CheckEndAsync(world, when);
    }

    private static async Task CheckEndAsync(DownsamplerWorld world, string when)
    {
        BucketIndex index = await world.UpdateIndexAsync(DownsamplerWorld.Tenant);
        long[] resolutions = [.. index.Blocks.Select(static block => block.Meta.ResolutionMs).Order()];
        resolutions.ShouldBe([0, Minutes5, Hour], when);
        await world.CheckAsync(Minutes5);
        await world.CheckAsync(Hour);
    }
}
