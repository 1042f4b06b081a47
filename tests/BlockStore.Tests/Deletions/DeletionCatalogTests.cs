using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.BlockStore.Deletions;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Storage;
using RemoteStore.Storage.Deleting;
using RemoteStore.Telemetry;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.BlockStore.Tests.Deletions;

public sealed class DeletionCatalogTests
{
    private static readonly CancellationToken s_none = CancellationToken.None;
    private static readonly IReadOnlyList<IReadOnlyList<LabelMatcher>> s_up = [[new LabelMatcher(Model.Labels.MatchType.Equal, "__name__", "up")]];

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000));
    private readonly MemoryBucket _memory;
    private readonly FaultyBucket _bucket;
    private readonly List<string> _asked = [];
    private readonly List<TenantId> _deleted = [];
    private readonly List<TenantId> _removed = [];
    private readonly DeletionCatalog _catalog;
    private readonly BucketIndexView _view;
    private Fault _fault = Fault.None;
    private int _seed;

    public DeletionCatalogTests()
    {
        _memory = new MemoryBucket(_time);
        _bucket = new FaultyBucket(_memory, (operation, _) =>
        {
            _asked.Add(operation);
            return _fault;
        });
        _view = new BucketIndexView(new BucketIndexStore(_memory, _time), new BlockStoreMetrics(new MetricsRegistry()), NullLogger.Instance);
        _catalog = Create();
    }

    [Fact]
    public async Task Delete_IsPendingAtOnce_AndAfterARestart()
    {
        DeletionReport report = await _catalog.DeleteAsync(BlockMaker.Tenant, s_up, QueryRange.All, s_none);

        report.State.ShouldBe(DeletionState.Pending);
        report.Range.ShouldBe(new(long.MinValue, 1_800_000_000_000)); // what comes later is not concerned
        _deleted.ShouldBe([BlockMaker.Tenant]);
        foreach (DeletionCatalog catalog in new[] { _catalog, Create() })
        {
            (await catalog.GetAsync(BlockMaker.Tenant, s_none)).All.ShouldHaveSingleItem().Range.ShouldBe(report.Range);
            (await catalog.ListAsync(BlockMaker.Tenant, s_none)).ShouldHaveSingleItem().Id.ShouldBe(report.Id);
        }
    }

    [Fact]
    public async Task Get_JobDamagedInTheBucket_StaysApplied_AndIsWrittenAgain()
    {
        DeletionReport report = await _catalog.DeleteAsync(BlockMaker.Tenant, s_up, QueryRange.All, s_none);
        string key = BucketLayout.DeletionJob(BlockMaker.Tenant, report.Id);
        byte[] sound = await _memory.ReadAllAsync(key, 1 << 20, s_none);
        await _memory.WriteAsync(key, new MemoryContent(sound.AsMemory(0, sound.Length / 2)), WriteMode.Replace, s_none);
        _time.Advance(TimeSpan.FromMinutes(11));

        (await _catalog.GetAsync(BlockMaker.Tenant, s_none)).All.ShouldHaveSingleItem().Range.ShouldBe(report.Range);

        (await _memory.ReadAllAsync(key, 1 << 20, s_none)).ShouldBe(sound);
        (await Create().ListAsync(BlockMaker.Tenant, s_none)).ShouldHaveSingleItem().Id.ShouldBe(report.Id);
    }

    [Fact]
    public async Task Get_NothingDeleted_AsksTheBucketOnce()
    {
        await _memory.WriteAsync(BucketLayout.DeletionJobsPrefix(BlockMaker.Tenant) + "README", new MemoryContent(new byte[1]), WriteMode.Replace, s_none); // a listing is seen by its entries
        for (int i = 0; i < 100; i++)
        {
            (await _catalog.GetAsync(BlockMaker.Tenant, s_none)).IsEmpty.ShouldBeTrue();
            _time.Advance(TimeSpan.FromHours(1));
        }

        _asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Get_IndexListsADeletionOfAnotherProcess_AppliesIt()
    {
        (await _catalog.GetAsync(BlockMaker.Tenant, s_none)).IsEmpty.ShouldBeTrue();
        DeletionReport report = await Create().DeleteAsync(BlockMaker.Tenant, s_up, new(5, 6), s_none);
        _deleted.Clear();
        (await _catalog.GetAsync(BlockMaker.Tenant, s_none)).IsEmpty.ShouldBeTrue("no index tells of it");

        await ListJobsAsync();

        (await _catalog.GetAsync(BlockMaker.Tenant, s_none)).All.ShouldHaveSingleItem().Range.ShouldBe(report.Range);
        _deleted.ShouldBe([BlockMaker.Tenant], "answers that were kept are void");
    }

    [Fact]
    public async Task Get_DeletionOfAnotherProcessCannotBeRead_IsReadOnceTheBucketAnswers()
    {
        _ = await _catalog.GetAsync(BlockMaker.Tenant, s_none);
        _ = await Create().DeleteAsync(BlockMaker.Tenant, s_up, new(5, 6), s_none);
        await ListJobsAsync();
        _fault = Fault.Permanent;
        (await _catalog.GetAsync(BlockMaker.Tenant, s_none)).IsEmpty.ShouldBeTrue();
        _fault = Fault.None;
        _asked.Clear();
        (await _catalog.GetAsync(BlockMaker.Tenant, s_none)).IsEmpty.ShouldBeTrue();
        _asked.ShouldBeEmpty("the bucket is not asked again by every read");

        _time.Advance(TimeSpan.FromMinutes(1));

        (await _catalog.GetAsync(BlockMaker.Tenant, s_none)).All.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Get_BucketFails_RefusesUntilItAnswers_ThenKeepsWhatIsKnown()
    {
        await Create().DeleteAsync(BlockMaker.Tenant, s_up, new(5, 6), s_none);
        _fault = Fault.Permanent;
        await Should.ThrowAsync<StorageUnavailableException>(async () => await _catalog.GetAsync(BlockMaker.Tenant, s_none));
        _fault = Fault.None;
        await _catalog.DeleteAsync(BlockMaker.Tenant, s_up, new(1, 2), s_none);

        _fault = Fault.Permanent;
        _time.Advance(TimeSpan.FromHours(1));

        (await _catalog.GetAsync(BlockMaker.Tenant, s_none)).All.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Delete_AnswerLost_IsAppliedIfItHappened()
    {
        await _catalog.GetAsync(BlockMaker.Tenant, s_none);
        _fault = Fault.After;

        await Should.ThrowAsync<StorageUnavailableException>(async () => await _catalog.DeleteAsync(BlockMaker.Tenant, s_up, new(1, 2), s_none));

        _fault = Fault.None;
        (await _catalog.GetAsync(BlockMaker.Tenant, s_none)).All.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Save_JobDone_EndsIt()
    {
        await _catalog.DeleteAsync(BlockMaker.Tenant, s_up, new(1, 2), s_none);
        DeletionJob job = (await _catalog.ListOpenAsync(BlockMaker.Tenant, s_none)).ShouldHaveSingleItem();

        await _catalog.SaveAsync(job with { State = DeletionState.Done, FinishedAtMs = 5 }, s_none);

        (await _catalog.GetAsync(BlockMaker.Tenant, s_none)).IsEmpty.ShouldBeTrue();
        (await _catalog.ListOpenAsync(BlockMaker.Tenant, s_none)).ShouldBeEmpty();
        (await _catalog.ListAsync(BlockMaker.Tenant, s_none)).ShouldHaveSingleItem().FinishedAtMs.ShouldBe(5);
    }

    [Fact]
    public async Task Delete_OfTheFuture_IsDoneAtOnce()
    {
        (await _catalog.DeleteAsync(BlockMaker.Tenant, s_up, new(1_800_000_000_001, long.MaxValue), s_none)).State.ShouldBe(DeletionState.Done);
        (await _catalog.GetAsync(BlockMaker.Tenant, s_none)).IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public async Task RemoveNow_TellsWhoRemoves()
    {
        await _catalog.RemoveNowAsync(BlockMaker.Tenant, s_none);
        _removed.ShouldBe([BlockMaker.Tenant]);
    }

    /// <summary>Makes the index anew, as the process does that keeps it.</summary>
    private async Task ListJobsAsync()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _view.Offer((await new BucketIndexStore(_memory, _time).UpdateAsync(BlockMaker.Tenant, null, s_none)).Index);
    }

    private DeletionCatalog Create() =>
        new(new DeletionJobStore(_bucket), _view, _time, new Random(++_seed), _deleted.Add, _removed.Add, NullLogger<DeletionCatalog>.Instance);
}
