using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Blocks.Tests.Format;

/// <summary>What a view reads of an index in object storage, and what it holds of it: small and large indexes, few and many blocks.</summary>
public sealed class ViewIndexTests : IDisposable
{
    private const int Targets = 1500;
    private const int Metrics = 8;

    private static readonly BlockQueryMemory s_many = BlockQueryMemory.One with { IndexBytes = 1 << 10 };

    private readonly TemporaryDirectory _directory = new();
    private readonly BlockSectionCache _cache = new();
    private readonly BlockModel _model = Make();
    private readonly CountingBlockSource _source;
    private readonly BlockMeta _meta;

    public ViewIndexTests()
    {
        _meta = _model.Write(_directory.Path, BlockModel.Options with { PageBytes = 1 << 12 });
        _source = new CountingBlockSource(BlockModel.PathIn(_directory.Path)) { Asynchronous = true };
    }

    private int IndexBytes => _source[BlockFile.Index].Length;

    public void Dispose()
    {
        _cache.Dispose();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(false, false)] // the whole index stays
    [InlineData(true, false)]
    [InlineData(false, true)] // it is too large to stay
    [InlineData(true, true)]
    public async Task Query_ColdAndSelective_TakesThreeReads(bool isLarge, bool isAmongMany)
    {
        using BlockReader block = Open(isLarge);
        LabelMatcher[] one = [Equal("__name__", "m3"), Equal("pod", Pod(777))];

        _model.Select(QueryRange.All, one).Difference(await QueryAsync(block, isAmongMany ? s_many : BlockQueryMemory.One, one)).ShouldBe("");

        _source.Reads.Select(static read => read.File).ShouldBe([BlockFile.Index, BlockFile.Chunks, BlockFile.Chunks]);
        _source.Reads[0].ShouldBe((BlockFile.Index, 0, IndexBytes));
        _cache.LentBytes.ShouldBe(0);
    }

    [Fact]
    public async Task Query_ColdAmongManyBlocks_TakesThreeReadsThoughLittleMayStay()
    {
        using BlockReader block = Open(isLarge: false);
        LabelMatcher[] one = [Equal("__name__", "m3"), new LabelMatcher(MatchType.Regexp, "pod", Pod(77) + ".*")];

        _model.Select(QueryRange.All, one).Difference(await QueryAsync(block, s_many, one)).ShouldBe("");

        _source.Reads.Count.ShouldBe(3);
        _cache.Find<byte[]>(1, BlockSection.File, 0).ShouldBeNull();
        _cache.LentBytes.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Query_AnotherOneOfTheSameBlock_ReadsLittleMore(bool isLarge)
    {
        using BlockReader block = Open(isLarge);
        BlockQueryMemory memory = isLarge ? s_many : BlockQueryMemory.One;
        _ = await QueryAsync(block, memory, Equal("__name__", "m3"), Equal("pod", Pod(777)));
        _source.Reads.Clear();
        LabelMatcher[] other = [Equal("__name__", "m6"), Equal("pod", Pod(1400))];

        _model.Select(QueryRange.All, other).Difference(await QueryAsync(block, memory, other)).ShouldBe("");

        (BlockFile File, long Offset, int Length)[] index = [.. _source.Reads.Where(static read => read.File == BlockFile.Index)];
        index.Length.ShouldBeLessThanOrEqualTo(isLarge ? 4 : 0);
        index.ShouldAllBe(read => read.Length < IndexBytes / 2);
        _cache.LentBytes.ShouldBe(0);
    }

    [Fact]
    public async Task Query_IndexAboveWhatIsReadWhole_ReadsPiecesOfIt()
    {
        using BlockReader block = Open(isLarge: true);
        LabelMatcher[] one = [Equal("__name__", "m3"), Equal("pod", Pod(777))];

        _model.Select(QueryRange.All, one).Difference(await QueryAsync(block, s_many with { WholeIndexBytes = 1 }, one)).ShouldBe("");

        _source.Reads[0].Offset.ShouldBe(IndexBytes - _meta.Stats.DirectoryBytes);
        _source.Reads.Where(static read => read.File == BlockFile.Index).Sum(static read => read.Length).ShouldBeLessThan(IndexBytes * 3 / 4);
        _source.Reads.Count.ShouldBeLessThanOrEqualTo(7);
    }

    [Fact]
    public async Task Query_MoreSeriesThanABatch_HoldsTheWholeIndexForTheFirstOnly()
    {
        using BlockReader block = Open(isLarge: true);
        await using (IQuerier querier = block.OpenQuerier(QueryRange.All, _source, s_many))
        {
            ISeriesSet set = await querier.SelectAsync(true, new SelectHints(QueryRange.All), [Equal("__name__", "m3")], CancellationToken.None);
            _cache.LentBytes.ShouldBe(IndexBytes);
            _ = await set.MoveNextAsync(CancellationToken.None);
            _cache.LentBytes.ShouldBe(0);
            await set.DisposeAsync();
        }

        BlockModel read = await QueryAsync(block, s_many, Equal("__name__", "m3"));

        read.Series.Count.ShouldBe(Targets);
        _model.Select(QueryRange.All, [Equal("__name__", "m3")]).Difference(read).ShouldBe("");
    }

    [Fact]
    public async Task Query_OthersHoldTooMuch_ReadsPiecesInsteadOfWaiting()
    {
        using BlockReader block = Open(isLarge: true);
        _cache.TryLend(1L << 40).ShouldBeTrue();
        LabelMatcher[] one = [Equal("__name__", "m3"), Equal("pod", Pod(777))];

        _model.Select(QueryRange.All, one).Difference(await QueryAsync(block, s_many, one)).ShouldBe("");

        _source.Reads.ShouldAllBe(read => read.Length < IndexBytes);
        _cache.LentBytes.ShouldBe(1L << 40);
    }

    [Theory]
    [InlineData("select")]
    [InlineData("names")]
    [InlineData("values")]
    [InlineData("series")]
    public async Task View_AReadFails_GivesBackWhatItHeld(string call)
    {
        using BlockReader block = Open(isLarge: true);
        _source[BlockFile.Index][10] ^= 1; // in the first frame of pairs
        await using (IQuerier querier = block.OpenQuerier(QueryRange.All, _source, s_many))
        {
            await Should.ThrowAsync<CorruptDataException>(async () =>
            {
                LabelMatcher[] matchers = [Equal("__name__", "m3")];
                switch (call)
                {
                    case "names":
                        _ = await querier.LabelNamesAsync(matchers, 0, CancellationToken.None);
                        break;
                    case "values":
                        _ = await querier.LabelValuesAsync("__name__", matchers, 0, CancellationToken.None);
                        break;
                    case "series":
                        _ = await querier.SelectSeriesAsync(matchers, 0, CancellationToken.None);
                        break;
                    default:
                        await using (ISeriesSet set = await querier.SelectAsync(true, new SelectHints(QueryRange.All), matchers, CancellationToken.None))
                        {
                            _ = await set.MoveNextAsync(CancellationToken.None);
                        }

                        break;
                }
            });
        }

        _cache.LentBytes.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task LabelNames_Cold_ReadsTheDirectoryAlone(bool isLarge)
    {
        using BlockReader block = Open(isLarge);
        await using IQuerier querier = block.OpenQuerier(QueryRange.All, _source, s_many);

        (await querier.LabelNamesAsync([], 0, CancellationToken.None)).Items.ShouldBe(["__name__", "job", "pod"]);

        _source.Reads.ShouldBe([(BlockFile.Index, IndexBytes - _meta.Stats.DirectoryBytes, (int)_meta.Stats.DirectoryBytes)]);
    }

    [Theory]
    [InlineData(false, false, 1)]
    [InlineData(false, true, 1)]
    [InlineData(true, false, 2)] // not read whole: directory, and the frames of pairs in one
    [InlineData(true, true, 1)]
    public async Task LabelValues_Cold_TakesFewReads(bool isLarge, bool ofAMetric, int reads)
    {
        using BlockReader block = Open(isLarge);
        BlockQueryMemory memory = s_many with { WholeIndexBytes = isLarge && !ofAMetric ? 1 : int.MaxValue };
        await using IQuerier querier = block.OpenQuerier(QueryRange.All, _source, memory);

        LimitedList<string> values = await querier.LabelValuesAsync("pod", ofAMetric ? [Equal("__name__", "m3")] : [], 0, CancellationToken.None);

        values.Items.Count.ShouldBe(Targets);
        _source.Reads.Count.ShouldBe(reads);
        _cache.LentBytes.ShouldBe(0);
    }

    [Fact]
    public async Task Lists_GivenUp_EndThoughAllIsInMemory()
    {
        using BlockReader block = Open(isLarge: false);
        await using IQuerier querier = block.OpenQuerier(QueryRange.All, _source, BlockQueryMemory.One);
        _ = await querier.LabelValuesAsync("pod", [Equal("job", "a")], 0, CancellationToken.None);
        var given = new CancellationToken(canceled: true);

        await Should.ThrowAsync<OperationCanceledException>(async () => await querier.LabelValuesAsync("pod", [], 0, given));
        await Should.ThrowAsync<OperationCanceledException>(async () => await querier.LabelNamesAsync([Equal("job", "a")], 0, given));
        await Should.ThrowAsync<OperationCanceledException>(async () => await querier.SelectSeriesAsync([Equal("job", "a")], 0, given));
    }

    private static LabelMatcher Equal(string name, string value) => new(MatchType.Equal, name, value);

    private static string Pod(int target) => $"pod-{target * 7919L % 1_000_003:d7}";

    private static BlockModel Make()
    {
        var model = new BlockModel();
        for (int target = 0; target < Targets; target++)
        {
            for (int metric = 0; metric < Metrics; metric++)
            {
                ModelSeries series = model[LabelSet.From("__name__", $"m{metric}", "job", target % 3 == 0 ? "a" : "b", "pod", Pod(target))];
                for (int s = 0; s < 3; s++)
                {
                    series.Floats[BlockModel.Range.Start + (s * 15_000) + (target % 50)] = (BitConverter.DoubleToInt64Bits(target + (metric * s)), 0);
                }
            }
        }

        return model;
    }

    private BlockReader Open(bool isLarge) => BlockReader.Open(
        _meta, _source, _cache,
        BlockReadSizes.Remote with
        {
            SharedIndexBytes = isLarge ? IndexBytes - 1 : IndexBytes,
            IndexWindowBytes = IndexBytes / 10,
        });

    private async Task<BlockModel> QueryAsync(BlockReader block, BlockQueryMemory memory, params LabelMatcher[] matchers)
    {
        await using IQuerier querier = block.OpenQuerier(QueryRange.All, _source, memory);
        return await BlockModel.QueryAsync(querier, QueryRange.All, matchers);
    }
}
