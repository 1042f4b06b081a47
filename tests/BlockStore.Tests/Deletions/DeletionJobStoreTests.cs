using Microsoft.Extensions.Time.Testing;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Deletions;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Model.Labels;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Deleting;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.BlockStore.Tests.Deletions;

public sealed class DeletionJobStoreTests
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly MemoryBucket _bucket = new(new FakeTimeProvider());
    private readonly DeletionJobStore _store;

    public DeletionJobStoreTests() => _store = new(_bucket);

    [Fact]
    public async Task Save_ThenFind_GivesTheJob()
    {
        DeletionJob job = Job("01A") with { State = DeletionState.Processing, CleanBlocks = [new BlockId(1, 2)], SamplesRemoved = 17, FinishedAtMs = 4 };
        await _store.SaveAsync(job, s_none);

        DeletionJob? found = await _store.FindAsync(BlockMaker.Tenant, "01A", s_none);

        DeletionJobText.Format(found.ShouldNotBeNull()).ShouldBe(DeletionJobText.Format(job));
        found.ToReport().Selectors.ShouldBe(["{job=\"a\", x!~\"b.*\"}", "{__name__=~\"up\"}"]);
        found.Deletions.ShouldAllBe(static deletion => deletion.Range.MaxTime == 20);
        found.CleanBlocks.ShouldBe(job.CleanBlocks);
        (await _store.FindAsync(BlockMaker.Tenant, "01B", s_none)).ShouldBeNull();
    }

    [Fact]
    public async Task List_GivesAllJobs_OldestFirst()
    {
        await _store.SaveAsync(Job("01B"), s_none);
        await _store.SaveAsync(Job("01A") with { State = DeletionState.Done }, s_none);

        (await _store.ListAsync(BlockMaker.Tenant, static damaged => throw damaged, s_none)).Select(static job => (job.Id, job.IsOpen)).ShouldBe([("01A", false), ("01B", true)]);
    }

    [Fact]
    public async Task Find_DamagedJob_IsNamed()
    {
        await _store.SaveAsync(Job("01A"), s_none);
        string key = BucketLayout.DeletionJob(BlockMaker.Tenant, "01A");
        byte[] bytes = await _bucket.ReadAllAsync(key, 1 << 20, s_none);
        bytes[bytes.Length / 2] ^= 1;
        await _bucket.WriteAsync(key, new MemoryContent(bytes), WriteMode.Replace, s_none);

        (await Should.ThrowAsync<CorruptDataException>(async () => await _store.FindAsync(BlockMaker.Tenant, "01A", s_none))).File.ShouldBe(key);
        await _store.SaveAsync(Job("01B"), s_none);
        var damaged = new List<string>();
        (await _store.ListAsync(BlockMaker.Tenant, e => damaged.Add(e.File), s_none)).ShouldHaveSingleItem().Id.ShouldBe("01B");
        damaged.ShouldBe([key]);
    }

    private static DeletionJob Job(string id) => new()
    {
        Id = id,
        Tenant = BlockMaker.Tenant,
        Selectors =
        [
            [new LabelMatcher(Model.Labels.MatchType.Equal, "job", "a"), new LabelMatcher(Model.Labels.MatchType.NotRegexp, "x", "b.*")],
            [new LabelMatcher(Model.Labels.MatchType.Regexp, "__name__", "up")],
        ],
        Range = new(10, 20),
        CreatedAtMs = 30,
    };
}
