using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.BlockStore.Deletions;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Deleting;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;
using static RemoteStore.Compactor.Tests.CompactorWorld;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Compactor.Tests.Deleting;

public sealed class DeletedSeriesRemoverTests
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    [Fact]
    public async Task Round_OpenJob_WritesBlocksAnewWithoutItsSamples()
    {
        using var world = new CompactorWorld(21);
        BlockMeta[] sources = await ThreeAsync(world);
        DeletionJob job = await DeleteAsync(world, "metric_[01]", StartMs + HourMs, StartMs + (3 * HourMs));

        await world.RoundAsync();

        BucketIndex index = await world.IndexAsync();
        await world.CheckAsync(index, "what is deleted is gone, all else is there");
        DeletionJob done = await FindAsync(world, job.Id);
        (done.State, done.FinishedAtMs).ShouldBe((DeletionState.Done, world.NowMs));
        done.SamplesRemoved.ShouldBeGreaterThan(0);
        index.Find(sources[2].Id).ShouldNotBeNull("it lies outside of the range");
        index.DeletionMarks.ContainsKey(sources[2].Id).ShouldBeFalse();

        world.Time.Advance(TimeSpan.FromHours(2));
        await world.RoundAsync();
        (await world.KeysAsync()).ShouldNotContain(key => key.Contains(sources[0].Id.ToString(), StringComparison.Ordinal));
        await world.CheckAsync(await world.IndexAsync(), "after the removal");
    }

    [Fact]
    public async Task Round_AllOfABlockIsDeleted_NothingIsLeftOfIt()
    {
        using var world = new CompactorWorld(22);
        _ = await world.UploadAsync(StartMs);
        world.Time.Advance(TimeSpan.FromHours(2));
        DeletionJob job = await DeleteAsync(world, ".*", 0, long.MaxValue);

        await world.RoundAsync();

        (await world.IndexAsync()).Readable.ShouldBeEmpty();
        (await FindAsync(world, job.Id)).State.ShouldBe(DeletionState.Done);
        world.Time.Advance(TimeSpan.FromHours(2));
        await world.RoundAsync();
        (await world.KeysAsync()).Count.ShouldBe(2, "the index and the job");
    }

    [Fact]
    public async Task Round_LocalStoreStillHoldsSamples_JobStaysOpen()
    {
        using var world = new CompactorWorld(23);
        BlockMeta[] sources = await ThreeAsync(world);
        DeletionJob job = await DeleteAsync(world, "metric_[01]", StartMs, StartMs + HourMs);
        world.Local = new LocalHoldings(new HashSet<BlockId> { sources[0].Id }, []);
        await world.RoundAsync();
        (await FindAsync(world, job.Id)).State.ShouldBe(DeletionState.Processing);

        world.Local = new LocalHoldings(new HashSet<BlockId>(), [new QueryRange(StartMs, StartMs + 1)]);
        await world.RoundAsync();
        (await FindAsync(world, job.Id)).State.ShouldBe(DeletionState.Processing);

        world.Local = LocalHoldings.None;
        await world.RoundAsync();
        (await FindAsync(world, job.Id)).State.ShouldBe(DeletionState.Done);
    }

    [Fact]
    public async Task Round_BlockIsUploadedWhileTheJobIsOpen_IsWrittenAnewToo()
    {
        using var world = new CompactorWorld(24);
        _ = await ThreeAsync(world);
        world.Local = new LocalHoldings(new HashSet<BlockId>(), [new QueryRange(StartMs, StartMs + 1)]);
        DeletionJob job = await DeleteAsync(world, "metric_[01]", StartMs, StartMs + (6 * HourMs));
        await world.RoundAsync();
        _ = await world.UploadAsync(StartMs + (2 * HourMs));
        Delete(world, job);
        world.Local = LocalHoldings.None;

        await world.RoundAsync();

        await world.CheckAsync(await world.IndexAsync(), "late blocks have nothing of it either");
        (await FindAsync(world, job.Id)).State.ShouldBe(DeletionState.Done);
    }

    [Fact]
    public async Task Round_AnyRequestFails_TheNextRoundsEndIt()
    {
        bool done = false;
        for (int failing = 1; !done; failing += 5)
        {
            using var world = new CompactorWorld(25);
            _ = await world.UploadAsync(StartMs, series: 3);
            world.Time.Advance(TimeSpan.FromHours(2));
            DeletionJob job = await DeleteAsync(world, "metric_[012]", StartMs, StartMs + HourMs);
            int request = 0;
            Fault fault = failing % 2 == 0 ? Fault.After : Fault.Before;
            await world.RoundAsync(new FaultyBucket(world.Bucket, _ => ++request == failing ? fault : Fault.None));
            done = request < failing;

            await world.RoundAsync();
            await world.CheckAsync(await world.IndexAsync(), $"request {failing}");
            (await FindAsync(world, job.Id)).State.ShouldBe(DeletionState.Done, $"request {failing}");
        }
    }

    private static async Task<BlockMeta[]> ThreeAsync(CompactorWorld world)
    {
        BlockMeta[] blocks =
        [
            await world.UploadAsync(StartMs), await world.UploadAsync(StartMs + (2 * HourMs)), await world.UploadAsync(StartMs + (4 * HourMs)),
        ];
        world.Time.Advance(TimeSpan.FromHours(6));
        return blocks;
    }

    private static async Task<DeletionJob> DeleteAsync(CompactorWorld world, string metrics, long minTime, long maxTime)
    {
        var job = new DeletionJob
        {
            Id = BlockMaker.Id(1).ToString(),
            Tenant = Tenant,
            Selectors = [[new LabelMatcher(MatchType.Regexp, "__name__", metrics)]],
            Range = new QueryRange(minTime, maxTime),
            CreatedAtMs = world.NowMs,
        };
        await new DeletionJobStore(world.Bucket).SaveAsync(job, s_none);
        Delete(world, job);
        return job;
    }

    private static void Delete(CompactorWorld world, DeletionJob job)
    {
        foreach (SeriesDeletion deletion in job.Deletions)
        {
            world.Model.Delete(deletion);
        }
    }

    private static async Task<DeletionJob> FindAsync(CompactorWorld world, string id) =>
        (await new DeletionJobStore(world.Bucket).FindAsync(Tenant, id, s_none)).ShouldNotBeNull();
}
