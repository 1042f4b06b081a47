using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;
using static RemoteStore.Compactor.Tests.CompactorWorld;

namespace RemoteStore.Compactor.Tests;

public sealed class CompactionTests
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    [Fact]
    public async Task Round_DayOfBlocks_BecomesOneThatAnswersAsBefore()
    {
        using var world = new CompactorWorld(1);
        BlockMeta[] sources = await DayAsync(world);
        BucketIndex before = await world.ListAsync();

        await world.RoundAsync();

        BucketIndex after = await world.IndexAsync();
        BlockMeta day = after.Readable.ShouldHaveSingleItem().Meta;
        (day.Level, day.Range).ShouldBe((2, new BlockRange(StartMs, StartMs + (24 * HourMs))));
        day.SourceBlocks.ShouldBe(sources.Select(static source => source.Id), ignoreOrder: true);
        day.Parents.ShouldBe(day.SourceBlocks);
        after.DeletionMarks.Values.ShouldAllBe(mark => mark.ReplacedBy.Single() == day.Id);
        await world.CheckAsync(after, "after");
        await world.CheckAsync(before, "an index from before still reads");

        world.Time.Advance(TimeSpan.FromHours(2));
        await world.RoundAsync();
        (await world.KeysAsync()).Count(static key => !key.Contains("bucket-index", StringComparison.Ordinal)).ShouldBe(3, "the sources and their marks are gone");
        await world.CheckAsync(await world.IndexAsync(), "after the removal");
    }

    [Fact]
    public Task Rounds_AnyUploadsAtAnyTime_NeverChangeAnAnswer() =>
        Gen.Int.SampleAsync(
            async seed =>
            {
                var random = new Random(seed);
                using var world = new CompactorWorld(seed);
                CompactorService compactor = world.Start();
                for (int hour = 0; hour < 60; hour++)
                {
                    world.Time.Advance(TimeSpan.FromHours(1));
                    if (hour < 40 && random.Next(3) > 0)
                    {
                        long range = (world.NowMs - StartMs) / (2 * HourMs);
                        long start = StartMs + (random.NextInt64(Math.Max(0, range - 10), range + 1) * 2 * HourMs);
                        _ = await world.UploadAsync(start, random.Next(4) == 0 ? HourMs : 2 * HourMs, series: random.Next(1, 6));
                    }

                    if (random.Next(8) == 0)
                    {
                        await compactor.DisposeAsync();
                        compactor = world.Start();
                    }

                    _ = await compactor.RunRoundAsync(s_none);
                    if (hour % 10 == 9)
                    {
                        await world.CheckAsync(await world.IndexAsync(), $"hour {hour}");
                    }
                }

                await compactor.DisposeAsync();
                (await world.IndexAsync()).Readable.Count.ShouldBeLessThan(12);
            },
            iter: 12);

    [Fact]
    public async Task Round_SourceIsDamaged_IsSetAsideAndTheRestGoesOn()
    {
        using var world = new CompactorWorld(3);
        BlockMeta[] sources = await DayAsync(world);
        await world.DamageAsync(BucketLayout.File(Tenant, sources[5].Id, BlockFile.Chunks));

        await world.RoundAsync();

        BucketIndex index = await world.IndexAsync();
        BrokenMark broken = index.BrokenMarks.Values.ShouldHaveSingleItem();
        broken.Block.ShouldBe(sources[5].Id);
        broken.Reason.ShouldContain("samples were kept");
        index.Readable.Count.ShouldBe(1, "the others, and what is left of the damaged one, are one block");
        index.Readable[0].Meta.SourceBlocks.ShouldNotContain(sources[5].Id);
        SampleModel left = await SampleModel.ReadAsync(world.Bucket, index);
        left.Lines().ShouldBeSubsetOf(world.Model.Lines());
        left.Lines().Count.ShouldBeGreaterThan(world.Model.Lines().Count * 8 / 10);
    }

    [Theory]
    [InlineData(BlockFile.Meta)]
    [InlineData(BlockFile.Index)]
    public async Task Round_SourceCannotBeOpened_IsSetAsideAndTheRestGoesOn(BlockFile file)
    {
        using var world = new CompactorWorld(4);
        BlockMeta[] sources = await DayAsync(world);
        string key = BucketLayout.File(Tenant, sources[2].Id, file);
        await world.Bucket.WriteAsync(key, new MemoryContent(new byte[] { 1, 2, 3 }), WriteMode.Replace, s_none);

        await world.RoundAsync();

        BucketIndex index = await world.IndexAsync();
        index.BrokenMarks.Keys.ShouldBe([sources[2].Id]);
        index.Readable.ShouldHaveSingleItem().Meta.SourceBlocks.Count().ShouldBe(11);
    }

    [Fact]
    public async Task Round_BlockIsDamagedBehindItsCompaction_SourcesAreReadAgain()
    {
        using var world = new CompactorWorld(5);
        _ = await DayAsync(world);
        await world.RoundAsync();
        BlockMeta day = (await world.IndexAsync()).Readable.Single().Meta;
        await world.DamageAsync(BucketLayout.File(Tenant, day.Id, BlockFile.Chunks));
        world.Time.Advance(TimeSpan.FromMinutes(30));
        _ = await world.UploadAsync(StartMs + HourMs, HourMs); // late samples make the damaged block be read
        world.Time.Advance(TimeSpan.FromMinutes(61));

        await using CompactorService compactor = world.Start();
        _ = await compactor.RunRoundAsync(s_none);

        BucketIndex index = await world.IndexAsync();
        index.BrokenMarks.Keys.ShouldBe([day.Id]);
        await world.CheckAsync(index, "nothing is lost");
    }

    [Fact]
    public async Task Examine_ABlockThatIsNotJoined_IsSetAsideIfItIsDamaged()
    {
        using var world = new CompactorWorld(6);
        BlockMeta sound = await world.UploadAsync(StartMs);
        BlockMeta damaged = await world.UploadAsync(StartMs + (500 * HourMs));
        await using CompactorService compactor = world.Start();
        _ = await compactor.RunRoundAsync(s_none);
        await world.DamageAsync(BucketLayout.File(Tenant, damaged.Id, BlockFile.Chunks));
        _ = await compactor.RunRoundAsync(s_none);
        (await world.IndexAsync()).BrokenMarks.ShouldBeEmpty("nobody has looked");

        compactor.Examine(Tenant, sound.Id);
        compactor.Examine(Tenant, damaged.Id);
        compactor.Examine(Tenant, new BlockId(1, 1));
        compactor.Examine(TenantId.Parse("nobody"), damaged.Id);
        _ = await compactor.RunRoundAsync(s_none);

        BucketIndex index = await world.IndexAsync();
        index.BrokenMarks.Keys.ShouldBe([damaged.Id]);
        index.Readable.ShouldContain(block => block.Id == sound.Id);
        index.Readable.ShouldNotContain(block => block.Id == damaged.Id);
        (await SampleModel.ReadAsync(world.Bucket, index)).Lines().ShouldBeSubsetOf(world.Model.Lines());
    }

    [Fact]
    public async Task Round_UploadIsCorrupted_NoSourceIsMarked()
    {
        foreach (string file in (string[])["chunks", "index", "meta.json"])
        {
            using var world = new CompactorWorld(6);
            BlockMeta[] sources = await DayAsync(world);

            await world.RoundAsync(new CorruptingBucket(world.Bucket, file));

            BucketIndex index = await world.ListAsync();
            index.DeletionMarks.ShouldBeEmpty(file);
            index.Readable.Select(static block => block.Id).ShouldBe(sources.Select(static source => source.Id), ignoreOrder: true, file);
            await world.CheckAsync(index, file);
        }
    }

    [Fact]
    public async Task Round_OneTenantFails_OthersGoOn()
    {
        using var world = new CompactorWorld(7);
        TenantId other = TenantId.Parse("zz-other");
        _ = await DayAsync(world);
        for (int i = 0; i < 12; i++)
        {
            _ = await world.UploadAsync(StartMs + (i * 2 * HourMs), tenant: other);
        }

        world.Time.Advance(TimeSpan.FromHours(1));

        var bucket = new FaultyBucket(world.Bucket, static (_, key) => key.StartsWith("team-a/", StringComparison.Ordinal) ? Fault.Before : Fault.None);
        await using CompactorService compactor = world.Start(bucket);
        TimeSpan wait = await compactor.RunRoundAsync(s_none);

        wait.ShouldBe(TimeSpan.FromSeconds(30));
        (await world.IndexAsync(other)).Readable.Count.ShouldBe(1);
        (await compactor.RunRoundAsync(s_none)).ShouldBe(TimeSpan.FromSeconds(30), "it is not tried before its time");
        world.Time.Advance(TimeSpan.FromSeconds(30));
        (await compactor.RunRoundAsync(s_none)).ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Rounds_SteadyState_NeedFewListings()
    {
        using var world = new CompactorWorld(8);
        _ = await DayAsync(world);
        int dear = 0;
        var counting = new FaultyBucket(world.Bucket, operation =>
        {
            dear += operation is "stat" ? 1 : 0;
            return Fault.None;
        });
        var listings = new ListCountingBucket(counting);
        await using CompactorService compactor = world.Start(listings);
        _ = await compactor.RunRoundAsync(s_none);
        world.Time.Advance(TimeSpan.FromHours(3));
        _ = await compactor.RunRoundAsync(s_none);

        (dear, listings.Listings) = (0, 0);
        for (int i = 0; i < 6; i++)
        {
            world.Time.Advance(TimeSpan.FromMinutes(10));
            (await compactor.RunRoundAsync(s_none)).ShouldBe(TimeSpan.FromMinutes(10));
        }

        (dear + listings.Listings).ShouldBe(18, "a round lists the tenants, the tenant, and what is to be deleted of it");
    }

    [Fact]
    public async Task Round_Retention_RemovesWholeBlocksAndLeavesOutTheirSamples()
    {
        using var world = new CompactorWorld(9);
        BlockMeta[] sources = await DayAsync(world);
        world.Retention = new TenantRetention { Raw = world.Time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(StartMs + (13 * HourMs)) };

        await world.RoundAsync();

        BucketIndex index = await world.IndexAsync();
        index.Readable.ShouldAllBe(static block => block.Meta.MinTime >= StartMs + (12 * HourMs));
        index.DeletionMarks.Values.Count(static mark => mark.Reason == "retention").ShouldBe(6);
        world.Time.Advance(TimeSpan.FromHours(2));
        await world.RoundAsync();
        IReadOnlyList<string> keys = await world.KeysAsync();
        sources.Take(6).ShouldAllBe(source => !keys.Any(key => key.Contains(source.Id.ToString(), StringComparison.Ordinal)));
    }

    internal static async Task<BlockMeta[]> DayAsync(CompactorWorld world)
    {
        var sources = new List<BlockMeta>();
        for (int i = 0; i < 12; i++)
        {
            world.Time.Advance(TimeSpan.FromHours(2));
            sources.Add(await world.UploadAsync(StartMs + (i * 2 * HourMs)));
        }

        world.Time.Advance(TimeSpan.FromHours(3));
        return [.. sources];
    }
}
