using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Limits;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;
using static RemoteStore.Compactor.Tests.CompactorWorld;

namespace RemoteStore.Compactor.Tests.Housekeeping;

/// <summary>What is past its retention goes, and nothing else, whatever fails, and however often minds and clocks change.</summary>
public sealed class RetentionTests
{
    private const long FiveMinutes = 300_000;

    private static readonly TenantRetention s_tenHours = new() { Raw = TimeSpan.FromHours(10) };

    [Fact]
    public async Task Samples_PastTheirRetention_StayUntilWindowsOfThemAreThere()
    {
        using var world = new CompactorWorld(31) { Retention = s_tenHours with { Made = [FiveMinutes] } };
        BlockMeta raw = await world.UploadAsync(StartMs);
        world.Time.Advance(TimeSpan.FromDays(30));
        await world.RoundAsync();
        (await world.IndexAsync()).DeletionMarks.ShouldBeEmpty();

        BlockMeta windows = await world.UploadWindowsAsync(FiveMinutes, raw);
        await world.RoundAsync();

        (await world.IndexAsync()).DeletionMarks.Keys.ShouldBe([raw.Id]);
        world.Time.Advance(TimeSpan.FromHours(2));
        await world.RoundAsync();
        (await world.ListAsync()).Blocks.Select(static block => block.Id).ShouldBe([windows.Id]);
    }

    [Fact]
    public async Task Samples_WhoseWindowsAreSetAside_StayAndAreTakenBack()
    {
        using var world = new CompactorWorld(32) { Retention = s_tenHours with { Made = [FiveMinutes] } };
        BlockMeta raw = await world.UploadAsync(StartMs);
        BlockMeta windows = await world.UploadWindowsAsync(FiveMinutes, raw);
        world.Time.Advance(TimeSpan.FromDays(30));
        await world.RoundAsync();
        (await world.IndexAsync()).DeletionMarks.Keys.ShouldBe([raw.Id]);

        await new BlockMarker(world.Bucket, world.Time).MarkBrokenAsync(Tenant, windows.Id, "a test", null, CancellationToken.None);
        world.Time.Advance(TimeSpan.FromHours(3));
        await world.RoundAsync();

        BucketIndex index = await world.IndexAsync();
        index.DeletionMarks.ShouldBeEmpty();
        index.Readable.Select(static block => block.Id).ShouldBe([raw.Id]);
    }

    [Fact]
    public async Task Retention_MadeLonger_BringsBackWhatIsNotRemovedYet()
    {
        using var world = new CompactorWorld(33) { Retention = s_tenHours };
        BlockMeta raw = await world.UploadAsync(StartMs);
        world.Time.Advance(TimeSpan.FromHours(20));
        await world.RoundAsync();
        (await world.IndexAsync()).Readable.ShouldBeEmpty();

        world.Retention = s_tenHours with { Raw = TimeSpan.FromHours(100) };
        world.Time.Advance(TimeSpan.FromHours(3));
        await world.RoundAsync();

        (await world.IndexAsync()).Readable.Select(static block => block.Id).ShouldBe([raw.Id]);
        await world.CheckAsync(await world.IndexAsync(), "it is read again");
    }

    [Fact]
    public async Task Clock_RunsAheadAndGoesBack_NothingIsLost()
    {
        using var world = new CompactorWorld(34) { Retention = s_tenHours };
        BlockMeta raw = await world.UploadAsync(StartMs);
        world.Time.Advance(TimeSpan.FromHours(3));
        await world.RoundAsync();
        DateTimeOffset right = world.Time.GetUtcNow();

        world.Time.AdjustTime(right.AddDays(400));
        await world.RoundAsync();
        (await world.IndexAsync()).DeletionMarks.Keys.ShouldBe([raw.Id]);
        world.Time.AdjustTime(right.AddMinutes(1));
        await world.RoundAsync();

        BucketIndex index = await world.ListAsync();
        index.DeletionMarks.ShouldBeEmpty();
        await world.CheckAsync(index, "back in time");
    }

    [Fact]
    public async Task Clock_GoesBack_DelaysEndLaterNotSooner()
    {
        using var world = new CompactorWorld(35);
        BlockMeta block = await world.UploadAsync(StartMs);
        await new BlockMarker(world.Bucket, world.Time).MarkForDeletionAsync(Tenant, block.Id, "not wanted", [], CancellationToken.None);
        string partial = await PartialAsync(world);
        DateTimeOffset marked = world.Time.GetUtcNow();

        foreach (DateTimeOffset now in (DateTimeOffset[])[marked.AddDays(-30), marked.AddMinutes(-1), marked, marked.AddMinutes(119)])
        {
            world.Time.AdjustTime(now);
            await world.RoundAsync();
            IReadOnlyList<string> keys = await world.KeysAsync();
            keys.ShouldContain(BucketLayout.File(Tenant, block.Id, BlockFile.Chunks), $"{now}");
            keys.ShouldContain(partial, $"{now}");
        }
    }

    [Fact]
    public async Task Tenant_ThatFailedBeforeTheClockWentBack_IsNotLeftWaiting()
    {
        using var world = new CompactorWorld(36);
        _ = await world.UploadAsync(StartMs);
        bool fails = true;
        await using CompactorService compactor = world.Start(new FaultyBucket(world.Bucket, (_, key) => fails && key.Length > 0 ? Fault.Before : Fault.None));
        _ = await compactor.RunRoundAsync(CancellationToken.None);

        fails = false;
        world.Time.AdjustTime(world.Time.GetUtcNow().AddDays(-10));

        (await compactor.RunRoundAsync(CancellationToken.None)).ShouldBe(TimeSpan.FromMinutes(10), "all is well");
    }

    [Theory]
    [InlineData(Fault.Before)]
    [InlineData(Fault.After)]
    [InlineData(Fault.Permanent)]
    public async Task Housekeeping_AnyRequestFails_NothingGoesEarlyAndTheNextRoundsEndIt(Fault fault)
    {
        bool done = false;
        for (int failing = 1; !done; failing += fault == Fault.Before ? 1 : 3)
        {
            using var world = new CompactorWorld(37) { Retention = s_tenHours with { Made = [FiveMinutes] } };
            BlockMeta summed = await world.UploadAsync(StartMs); // past its retention, and no longer needed
            BlockMeta unsummed = await world.UploadAsync(StartMs + (24 * HourMs)); // past its retention, and needed
            BlockMeta windows = await world.UploadWindowsAsync(FiveMinutes, summed);
            BlockMeta broken = await world.UploadAsync(StartMs + (48 * HourMs));
            BlockMeta marked = await world.UploadAsync(StartMs + (72 * HourMs));
            var marker = new BlockMarker(world.Bucket, world.Time);
            await marker.MarkBrokenAsync(Tenant, broken.Id, "a test", null, CancellationToken.None);
            await marker.MarkForDeletionAsync(Tenant, marked.Id, "not wanted", [], CancellationToken.None);
            string partial = await PartialAsync(world);
            world.Time.Advance(TimeSpan.FromHours(100));
            string fresh = await PartialAsync(world, 6);

            int request = 0;
            await world.RoundAsync(new FaultyBucket(world.Bucket, _ => ++request == failing ? fault : Fault.None));
            done = request < failing;
            await CheckAsync(world, $"request {failing}", kept: [summed, unsummed, windows, broken]);

            world.Time.Advance(TimeSpan.FromHours(1));
            await world.RoundAsync();
            world.Time.Advance(TimeSpan.FromHours(2));
            await world.RoundAsync();
            await CheckAsync(world, $"in the end, request {failing}", kept: [unsummed, windows]);
            IReadOnlyList<string> keys = await world.KeysAsync();
            keys.ShouldNotContain(partial);
            keys.Count.ShouldBe((2 * 3) + 2, "two blocks, the index, an upload that is under way");
            keys.ShouldContain(fresh);
        }
    }

    [Fact]
    public async Task Partial_UploadGoesOnMeanwhile_Stays()
    {
        using var world = new CompactorWorld(38);
        _ = await world.UploadAsync(StartMs);
        string key = await PartialAsync(world);
        world.Time.Advance(TimeSpan.FromHours(60));

        await world.RoundAsync(new FaultyBucket(world.Bucket, (operation, asked) =>
        {
            if (operation == "stat" && asked == key)
            {
                PartialAsync(world).GetAwaiter().GetResult(); // of memory: it is done
            }

            return Fault.None;
        }));

        (await world.KeysAsync()).ShouldContain(key);
    }

    [Fact]
    public async Task Partial_OfABlockThatTheLocalStoreHas_Stays()
    {
        using var world = new CompactorWorld(40) { Local = new LocalHoldings(new HashSet<BlockId> { new(5, 5) }, []) };
        _ = await world.UploadAsync(StartMs);
        string key = await PartialAsync(world);
        world.Time.Advance(TimeSpan.FromHours(600));

        await world.RoundAsync();
        (await world.KeysAsync()).ShouldContain(key);

        world.Local = LocalHoldings.None;
        await world.RoundAsync();
        (await world.KeysAsync()).ShouldNotContain(key);
    }

    [Fact]
    public async Task Marks_ThatNameEachOther_AreTakenBack()
    {
        using var world = new CompactorWorld(39);
        BlockMeta one = await world.UploadAsync(StartMs);
        BlockMeta other = await world.UploadAsync(StartMs + (24 * HourMs));
        var marker = new BlockMarker(world.Bucket, world.Time);
        await marker.MarkForDeletionAsync(Tenant, one.Id, "a test", [other.Id], CancellationToken.None);
        await marker.MarkForDeletionAsync(Tenant, other.Id, "a test", [one.Id], CancellationToken.None);
        world.Time.Advance(TimeSpan.FromHours(3));

        await world.RoundAsync();

        (await world.IndexAsync()).Readable.Select(static block => block.Id).ShouldBe([one.Id, other.Id], ignoreOrder: true);
    }

    private static async Task CheckAsync(CompactorWorld world, string when, params BlockMeta[] kept)
    {
        IReadOnlyList<string> keys = await world.KeysAsync();
        foreach (BlockMeta block in kept)
        {
            foreach (BlockFile file in (BlockFile[])[BlockFile.Meta, BlockFile.Index, BlockFile.Chunks])
            {
                keys.ShouldContain(BucketLayout.File(Tenant, block.Id, file), when);
            }
        }
    }

    /// <summary>An upload that is not at its end.</summary>
    private static async Task<string> PartialAsync(CompactorWorld world, ulong number = 5)
    {
        string key = BucketLayout.File(Tenant, new BlockId(number, number), BlockFile.Chunks);
        await world.Bucket.WriteAsync(key, new ObjectStore.MemoryContent(new byte[] { 1 }), ObjectStore.WriteMode.Replace, CancellationToken.None);
        return key;
    }
}
