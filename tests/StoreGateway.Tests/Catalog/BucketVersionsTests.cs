using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Marks;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Storage.Querying;
using RemoteStore.StoreGateway.Tests.Reading;
using RemoteStore.Testing.Buckets;
using Shouldly;
using Xunit;

namespace RemoteStore.StoreGateway.Tests.Catalog;

/// <summary>Which lists of blocks change answers, and at which times.</summary>
public sealed class BucketVersionsTests : IDisposable
{
    private const long Hour = GatewayHarness.Hour;
    private static readonly QueryRange s_first = Hours(0, 2);
    private static readonly QueryRange s_second = Hours(2, 4);

    private readonly LocalBlocksFake _local = new();
    private readonly GatewayHarness _harness;
    private long _updatedAtMs;
    private long _since;

    public BucketVersionsTests() => _harness = new GatewayHarness(local: _local);

    public void Dispose() => _harness.Dispose();

    [Fact]
    public void BlockOfAnotherProcess_ChangesItsTimesOnly()
    {
        Given(Raw(1, 0));

        List(Raw(1, 0), Raw(2, 2));

        IsUnchanged(s_second).ShouldBeFalse();
        IsUnchanged(s_first).ShouldBeTrue();
        _since = _harness.Gateway.VersionOf(BlockMaker.Tenant);
        IsUnchanged(QueryRange.All).ShouldBeTrue("what is computed now knows it");
    }

    [Fact]
    public void FirstList_IsAChangeOfWhatWasComputedWithoutIt()
    {
        _since = _harness.Gateway.VersionOf(BlockMaker.Tenant);

        List(Raw(1, 0));

        IsUnchanged(s_first).ShouldBeFalse();
        IsUnchanged(s_second).ShouldBeTrue();
    }

    [Fact]
    public void UploadOfALocalBlock_ChangesNothing_ItsRemovalDoes()
    {
        _local.Blocks.Add(Raw(2, 2));
        Given(Raw(1, 0));

        List(Raw(1, 0), Raw(2, 2));
        IsUnchanged(QueryRange.All).ShouldBeTrue();

        List(Raw(1, 0)); // the local copy may go, too
        IsUnchanged(s_second).ShouldBeFalse();
        IsUnchanged(s_first).ShouldBeTrue();
    }

    [Fact]
    public void JoinedBlocks_ChangeNothing_UnlessSamplesAreMissingOrSourcesAreNew()
    {
        Given(Raw(1, 0), Raw(2, 2), Raw(9, 20));
        BlockMeta joined = Joined(3, 0, 4, [1, 2], samples: 4);

        List(joined, Raw(9, 20));
        IsUnchanged(QueryRange.All).ShouldBeTrue();

        List(Joined(4, 0, 4, [1, 2], samples: 3), Raw(9, 20)); // as after a deletion, or damage
        IsUnchanged(s_first).ShouldBeFalse();
        IsUnchanged(Hours(20, 22)).ShouldBeTrue();

        Given(Raw(1, 0), Raw(9, 20));
        List(joined, Raw(9, 20)); // the second was never listed by itself
        IsUnchanged(s_second).ShouldBeFalse();
    }

    [Fact]
    public void SourcesSeenBesideTheJoinedBlock_ChangeNothing()
    {
        Given(Raw(1, 0), Raw(2, 2));

        List(Raw(1, 0), Raw(2, 2), Joined(3, 0, 4, [1, 2], samples: 4));
        List(Joined(3, 0, 4, [1, 2], samples: 4));

        IsUnchanged(QueryRange.All).ShouldBeTrue();
    }

    [Fact]
    public void WindowsBesideTheirSamples_ChangeNothing_WithoutThemTheyDo()
    {
        Given(Raw(1, 0));
        BlockMeta windows = Joined(5, 0, 2, [1], samples: 1) with { ResolutionMs = Hour };
        _harness.Gateway.LongestWindowMs(BlockMaker.Tenant).ShouldBe(0);

        List(Raw(1, 0), windows);
        IsUnchanged(QueryRange.All).ShouldBeTrue();
        _harness.Gateway.LongestWindowMs(BlockMaker.Tenant).ShouldBe(Hour);

        List(windows); // the samples are past their retention
        IsUnchanged(s_first).ShouldBeFalse();
        IsUnchanged(Hours(9, 10)).ShouldBeTrue();

        Given(windows);
        List();
        IsUnchanged(s_first).ShouldBeFalse();
        _harness.Gateway.LongestWindowMs(BlockMaker.Tenant).ShouldBe(Hour, "answers of before may rest on them");
    }

    [Fact]
    public void ImportedWindows_ChangeTheirTimes()
    {
        Given(Raw(1, 0));

        List(Raw(1, 0), Joined(5, 2, 4, [7], samples: 1) with { ResolutionMs = Hour });

        IsUnchanged(s_second).ShouldBeFalse();
        IsUnchanged(Hours(0, 1) with { MaxTime = Hour - 1 }).ShouldBeTrue();
    }

    [Fact]
    public void BrokenMark_ChangesItsTimes_AndSoDoesItsEnd()
    {
        Given(Raw(1, 0), Raw(2, 2));
        var mark = new BrokenMark { Tenant = BlockMaker.Tenant, Block = BlockMaker.Id(2), FoundAtMs = 1, Reason = "bits", Range = s_second };

        List([Raw(1, 0), Raw(2, 2)], broken: [mark]);
        IsUnchanged(s_second).ShouldBeFalse();
        IsUnchanged(s_first).ShouldBeTrue();

        _since = _harness.Gateway.VersionOf(BlockMaker.Tenant);
        List(Raw(1, 0), Raw(2, 2));
        IsUnchanged(s_second).ShouldBeFalse();
    }

    [Fact]
    public void DeletionOfSeriesByAnotherProcess_ChangesAllTimes_ItsEndNone()
    {
        Given(Raw(1, 0));

        List([Raw(1, 0)], jobs: ["01J"]);
        IsUnchanged(Hours(50, 51)).ShouldBeFalse();

        _since = _harness.Gateway.VersionOf(BlockMaker.Tenant);
        List(Raw(1, 0));
        IsUnchanged(QueryRange.All).ShouldBeTrue();
    }

    [Fact]
    public void DeletedTenant_HasNothingLeft()
    {
        Given(Raw(1, 0), Joined(5, 0, 2, [1], samples: 1) with { ResolutionMs = Hour });

        List([Raw(1, 0)], deleted: true);

        IsUnchanged(s_first).ShouldBeFalse();
    }

    [Fact]
    public async Task AnswerWithoutTheList_HoldsNoLonger()
    {
        using var harness = new GatewayHarness(new StoreGatewayOptions { LocalPeriod = TimeSpan.FromHours(24) });
        harness.Indexes.Failure = new BucketException("read", "index", "down", isTransient: true);
        long since = harness.Gateway.VersionOf(BlockMaker.Tenant);
        long nowMs = harness.Now.ToUnixTimeMilliseconds();
        var range = new QueryRange(nowMs - 1000, nowMs);

        await using IQuerier querier = await harness.OpenAsync(range);

        querier.Missing.ShouldHaveSingleItem();
        harness.Gateway.IsUnchanged(BlockMaker.Tenant, since, range).ShouldBeFalse("the bucket may answer next time, and have nothing");
    }

    [Fact]
    public void OtherTenants_AreNotConcerned()
    {
        Given(Raw(1, 0));
        TenantId other = TenantId.Parse("other");

        List(Raw(1, 0), Raw(2, 2));

        _harness.Gateway.IsUnchanged(other, 0, QueryRange.All).ShouldBeTrue();
    }

    private static QueryRange Hours(int from, int end) => new(from * Hour, (end * Hour) - 1);

    private static BlockMeta Raw(int number, int hour) => BlockMaker.Meta(number, range: new(hour * Hour, (hour + 2) * Hour));

    private static BlockMeta Joined(int number, int from, int end, int[] sources, long samples) =>
        BlockMaker.Meta(number, level: 2, sources: sources, range: new(from * Hour, end * Hour)) with { Stats = new BlockStats { Series = 1, FloatSamples = samples } };

    private bool IsUnchanged(QueryRange range) => _harness.Gateway.IsUnchanged(BlockMaker.Tenant, _since, range);

    /// <summary>Lists blocks, and takes the version.</summary>
    private void Given(params BlockMeta[] blocks)
    {
        List(blocks);
        _since = _harness.Gateway.VersionOf(BlockMaker.Tenant);
        IsUnchanged(QueryRange.All).ShouldBeTrue();
    }

    private void List(params BlockMeta[] blocks) => List(blocks, []);

    private void List(BlockMeta[] blocks, BrokenMark[]? broken = null, string[]? jobs = null, bool deleted = false)
    {
        _harness.Indexes.Offer(new BucketIndex(
            BlockMaker.Tenant, ++_updatedAtMs, blocks.Select(static meta => new BlockRecord(meta, 1)), [], broken ?? [], jobs ?? [], deleted));
        _ = _harness.Gateway.VersionOf(BlockMaker.Tenant); // who asks, or opens a view, goes by it from now on
    }
}
