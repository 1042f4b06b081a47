using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Marks;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;
using static RemoteStore.Compactor.Tests.CompactorWorld;

namespace RemoteStore.Compactor.Tests;

/// <summary>Failing requests, lost answers and deaths of the process at every step of compaction and removal.</summary>
public sealed class CompactionFaultTests
{
    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.Permanent)]
    public async Task Round_AnyRequestFails_NoAnswerChangesAndTheNextRoundEndsIt(Fault fault)
    {
        bool done = false;
        int step = fault == Fault.Before ? 3 : 7; // each request is met by one of the three
        for (int failing = 1; !done; failing += step)
        {
            using var world = new CompactorWorld(11);
            await FewAsync(world);
            int request = 0;
            await world.RoundAsync(new FaultyBucket(world.Bucket, _ => ++request == failing ? fault : Fault.None));
            done = request < failing;
            await world.CheckAsync(await world.ListAsync(), $"request {failing}");
            world.Time.Advance(TimeSpan.FromHours(1));
            await EndAsync(world, $"request {failing}");
        }
    }

    [Theory]
    [InlineData("compact.after-merge")]
    [InlineData("upload.before")]
    [InlineData("upload.after-chunks")]
    [InlineData("upload.before-meta")]
    [InlineData("upload.after-meta")]
    [InlineData("compact.after-publish")]
    [InlineData("compact.mid-marks")]
    public async Task Round_ProcessDies_NoAnswerChangesAndTheNextProcessEndsIt(string failpoint)
    {
        using var world = new CompactorWorld(12);
        await FewAsync(world);

        await world.RoundAsync(failpoints: Failpoints.With(failpoint, static () => throw new InvalidOperationException("died")));

        await world.CheckAsync(await world.ListAsync(), failpoint);
        await EndAsync(world, failpoint);
    }

    [Fact]
    public async Task Removal_ProcessDiesAtAnyStep_TheNextOneEndsIt()
    {
        for (int hit = 1; hit <= 9; hit++)
        {
            using var world = new CompactorWorld(13);
            await FewAsync(world);
            await world.RoundAsync();
            world.Time.Advance(TimeSpan.FromHours(3));

            await world.RoundAsync(failpoints: Failpoints.With("compact.mid-removal", static () => throw new InvalidOperationException("died"), hit));

            await world.CheckAsync(await world.ListAsync(), $"hit {hit}");
            await EndAsync(world, $"hit {hit}");
        }
    }

    [Fact]
    public async Task Removal_NothingHoldsTheSamples_MarkIsTakenBack()
    {
        using var world = new CompactorWorld(14);
        BlockMeta block = await world.UploadAsync(StartMs);
        await new BlockMarker(world.Bucket, world.Time).MarkForDeletionAsync(Tenant, block.Id, "range", [new BlockId(1, 1)], CancellationToken.None);
        world.Time.Advance(TimeSpan.FromHours(3));

        await world.RoundAsync();

        BucketIndex index = await world.IndexAsync();
        index.DeletionMarks.ShouldBeEmpty();
        await world.CheckAsync(index, "it is read again");
    }

    [Fact]
    public async Task Removal_BeforeTheDelay_DoesNothing()
    {
        using var world = new CompactorWorld(15);
        BlockMeta block = await world.UploadAsync(StartMs);
        await new BlockMarker(world.Bucket, world.Time).MarkForDeletionAsync(Tenant, block.Id, "not wanted", [], CancellationToken.None);
        world.Time.Advance(TimeSpan.FromMinutes(119));
        await world.RoundAsync();
        (await world.KeysAsync()).ShouldContain(BucketLayout.File(Tenant, block.Id, BlockFile.Meta));

        world.Time.Advance(TimeSpan.FromMinutes(1));
        await world.RoundAsync();
        (await world.KeysAsync()).ShouldBe([BucketLayout.BucketIndex(Tenant)]);
    }

    [Fact]
    public async Task Partial_Upload_GoesOnlyWhenItIsOld()
    {
        using var world = new CompactorWorld(16);
        _ = await world.UploadAsync(StartMs);
        string key = BucketLayout.File(Tenant, new BlockId(5, 5), BlockFile.Chunks);
        await world.Bucket.WriteAsync(key, new MemoryContent(new byte[] { 1 }), WriteMode.Replace, CancellationToken.None);
        world.Time.Advance(TimeSpan.FromHours(47));
        await world.RoundAsync();
        (await world.KeysAsync()).ShouldContain(key);

        world.Time.Advance(TimeSpan.FromHours(1));
        await world.RoundAsync();
        (await world.KeysAsync()).ShouldNotContain(key);
    }

    private static async Task FewAsync(CompactorWorld world)
    {
        for (int i = 0; i < 3; i++)
        {
            _ = await world.UploadAsync(StartMs + (i * 2 * HourMs), series: 2);
        }

        world.Time.Advance(TimeSpan.FromHours(27));
    }

    /// <summary>After some rounds there is one block, nothing else, and the same answer.</summary>
    private static async Task EndAsync(CompactorWorld world, string when)
    {
        await world.RoundAsync();
        await world.CheckAsync(await world.IndexAsync(), when);
        world.Time.Advance(TimeSpan.FromHours(49));
        await world.RoundAsync();
        (await world.IndexAsync()).Readable.Count.ShouldBe(1, when);
        (await world.KeysAsync()).Count.ShouldBe(4, when + ": three files and the index");
        await world.CheckAsync(await world.IndexAsync(), when);
    }
}
