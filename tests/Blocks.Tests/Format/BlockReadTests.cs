using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Blocks.Tests.Format;

/// <summary>What queries read: few stretches, only pages that hold what was asked for, and each thing once.</summary>
public sealed class BlockReadTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly BlockSectionCache _cache = new();
    private readonly BlockModel _model = LargeModel();
    private readonly BlockMeta _meta;
    private readonly CountingBlockSource _source;

    public BlockReadTests()
    {
        _meta = _model.Write(_directory.Path, BlockModel.Options with { PageBytes = 8 << 10 });
        _source = new CountingBlockSource(BlockModel.PathIn(_directory.Path)) { Asynchronous = true };
    }

    public void Dispose()
    {
        _cache.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Query_OneSeriesCold_TakesThreeReadsOfItsPagesOnly()
    {
        using BlockReader block = await OpenAsync();

        BlockModel read = await BlockModel.QueryAsync(block, QueryRange.All, One("m7", "host-3"));

        read.Series.Count.ShouldBe(1);
        _source.Reads.Count.ShouldBeLessThanOrEqualTo(3, string.Join(", ", _source.Reads));
        _source.Reads.Where(static r => r.File == BlockFile.Chunks).Sum(static r => r.Length).ShouldBeLessThan(20 << 10);
        _meta.Stats.SamplePageBytes.ShouldBeGreaterThan(200 << 10);
    }

    [Fact]
    public async Task Query_TheSameAgain_ReadsNothing()
    {
        using BlockReader block = await OpenAsync();
        _ = await BlockModel.QueryAsync(block, QueryRange.All, One("m7", "host-3"));
        _source.Reads.Clear();

        _ = await BlockModel.QueryAsync(block, QueryRange.All, One("m7", "host-3"));

        _source.Reads.ShouldBeEmpty();
    }

    [Fact]
    public async Task Labels_Cold_ReadTheIndexOnly()
    {
        using BlockReader block = await OpenAsync();
        await using IQuerier querier = block.OpenQuerier(QueryRange.All);

        (await querier.LabelNamesAsync([], 0, CancellationToken.None)).Items.ShouldBe(["__name__", "instance", "job"]);
        (await querier.LabelValuesAsync("job", [], 0, CancellationToken.None)).Items.ShouldBe(["large"]);

        _source.Reads.ShouldAllBe(static r => r.File == BlockFile.Index);
        _source.Reads.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Query_RangeOutsideTheSamples_ReadsNothing()
    {
        using BlockReader block = await OpenAsync();

        BlockModel read = await BlockModel.QueryAsync(block, new QueryRange(_meta.MaxTime + 1, long.MaxValue), One("m7", "host-3"));

        read.Series.ShouldBeEmpty();
        _source.Reads.ShouldBeEmpty();
    }

    [Fact]
    public async Task Query_AllSeries_ReadsNeighbouringPagesTogetherAndEachColumnOnce()
    {
        using BlockReader block = await OpenAsync();

        BlockModel read = await BlockModel.QueryAsync(block, QueryRange.All, new LabelMatcher(MatchType.Equal, "job", "large"));

        _model.Difference(read).ShouldBe("");
        long bytes = _meta.Files.Single(static f => f.File == BlockFile.Chunks).SizeBytes;
        _source.Reads.Where(static r => r.File == BlockFile.Chunks).Sum(static r => (long)r.Length).ShouldBeLessThanOrEqualTo(bytes);
        _source.Reads.Count.ShouldBeLessThanOrEqualTo(4 + (int)(bytes >> 20));
        _meta.Stats.Columns.ShouldBe(10 * 2); // a target's scrapes, in two slots: the series that miss some share them
    }

    [Fact]
    public async Task Query_ManyAtOnce_GiveTheSame()
    {
        using BlockReader block = await OpenAsync();

        BlockModel[] read = await Task.WhenAll(Enumerable.Range(0, 8).Select(
            i => Task.Run(() => BlockModel.QueryAsync(block, QueryRange.All, new LabelMatcher(MatchType.Equal, "instance", "host-" + i)))));

        for (int i = 0; i < read.Length; i++)
        {
            _model.Select(QueryRange.All, [new LabelMatcher(MatchType.Equal, "instance", "host-" + i)]).Difference(read[i]).ShouldBe("");
        }
    }

    [Fact]
    public async Task Dispose_QuerierStillOpen_ClosesTheSourceWithTheLast()
    {
        BlockReader block = await OpenAsync();
        IQuerier querier = block.OpenQuerier(QueryRange.All);
        block.Dispose();

        (await BlockModel.QueryAsync(querier, QueryRange.All, One("m1", "host-1"))).Series.Count.ShouldBe(1);
        _source.Disposed.ShouldBeFalse();
        await querier.DisposeAsync();

        _source.Disposed.ShouldBeTrue();
        block.TryRetain().ShouldBeFalse();
        Should.Throw<ObjectDisposedException>(() => block.OpenQuerier(QueryRange.All));
    }

    [Fact]
    public async Task Handles_MoreBlocksThanMayBeOpen_AreClosedAndOpenedAgain()
    {
        using var handles = new BlockFileHandles(3);
        BlockId[] ids = [.. Enumerable.Range(1, 6).Select(static i => new BlockId(7, (ulong)i))];
        BlockModel model = BlockGen.Build(new Random(3));
        var blocks = new List<BlockReader>();
        foreach (BlockId id in ids)
        {
            _ = model.Write(_directory.Path, BlockModel.Options with { Id = id });
            blocks.Add(await BlockReader.OpenAsync(new LocalBlockSource(BlockModel.PathIn(_directory.Path, id), handles), _cache, CancellationToken.None));
        }

        foreach (BlockReader block in blocks.Concat(blocks))
        {
            model.Difference(await BlockModel.QueryAsync(block, QueryRange.All, new LabelMatcher(MatchType.NotEqual, "__name__", ""))).ShouldBe("");
            handles.Count.ShouldBeLessThanOrEqualTo(3);
        }

        blocks.ForEach(static block => block.Dispose());
        handles.Count.ShouldBe(0);
    }

    [Fact]
    public void Cache_MoreThanItHolds_StaysWithinItsBound()
    {
        using var small = new BlockSectionCache(200_000);
        using BlockReader block = BlockModel.Open(_directory.Path, small);

        _model.Difference(BlockModel.QueryAsync(block, QueryRange.All, new LabelMatcher(MatchType.Equal, "job", "large")).Completed()).ShouldBe("");

        small.Bytes.ShouldBeInRange(1, 200_000);
        block.Dispose();
        small.Bytes.ShouldBe(0);
    }

    private static LabelMatcher[] One(string metric, string instance) =>
        [new(MatchType.Equal, "__name__", metric), new(MatchType.Equal, "instance", instance)];

    private async Task<BlockReader> OpenAsync()
    {
        BlockReader block = await BlockReader.OpenAsync(_source, _cache, CancellationToken.None);
        _source.Reads.Clear(); // meta.json and footers
        return block;
    }

    /// <summary>10 targets of 60 metrics, 700 noisy samples a series in two slots; one series in seven misses scrapes.</summary>
    private static BlockModel LargeModel()
    {
        var model = new BlockModel();
        var random = new Random(1);
        for (int target = 0; target < 10; target++)
        {
            long[] times = [.. Enumerable.Range(0, 700).Select(i => BlockModel.Range.Start + (i * 10_000) + (target * 777) + random.Next(5))];
            for (int metric = 0; metric < 60; metric++)
            {
                ModelSeries series = model[LabelSet.From("__name__", "m" + metric, "instance", "host-" + target, "job", "large")];
                for (int i = 0; i < times.Length; i++)
                {
                    if (metric % 7 != 3 || random.Next(20) > 0)
                    {
                        series.Floats[times[i]] = (BitConverter.DoubleToInt64Bits(random.Next(1000)), 0);
                    }
                }
            }
        }

        return model;
    }
}
