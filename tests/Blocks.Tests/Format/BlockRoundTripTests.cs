using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Blocks.Tests.Format;

public sealed class BlockRoundTripTests
{
    private static readonly LabelMatcher s_all = new(MatchType.NotEqual, "__name__", "");

    [Fact]
    public void Query_AnyBlock_GivesWhatWasWritten() =>
        BlockGen.Block.Sample(
            model =>
            {
                using var directory = new TemporaryDirectory();
                using var cache = new BlockSectionCache();
                BlockMeta meta = model.Write(directory.Path, BlockModel.Options with { PageBytes = 2048 });
                using BlockReader block = BlockModel.Open(directory.Path, cache);

                model.Difference(BlockModel.QueryAsync(block, QueryRange.All, s_all).Completed()).ShouldBe("");
                (BlockModel scanned, IReadOnlyList<BlockDamage> damage) = BlockModel.ScanAsync(block, skipDamage: false).Completed();
                model.Difference(scanned).ShouldBe("");
                damage.ShouldBeEmpty();
                block.VerifyAsync(null, CancellationToken.None).AsTask().Completed().Damage.ShouldBeEmpty();
                meta.Stats.Series.ShouldBe(model.Series.Count);
                meta.Stats.FloatSamples.ShouldBe(model.Series.Values.Sum(static s => (long)s.Floats.Count));
                meta.Stats.HistogramSamples.ShouldBe(model.Series.Values.Sum(static s => (long)s.Histograms.Count));
                block.Meta.Stats.ShouldBe(meta.Stats);
            },
            iter: 60, threads: 1);

    [Fact]
    public void Query_AnyRangeAndMatchers_GivesWhatTheModelGives() =>
        Gen.Select(BlockGen.Block, Gen.Int).Sample(
            (model, seed) =>
            {
                using var directory = new TemporaryDirectory();
                using var cache = new BlockSectionCache(seed % 2 == 0 ? 0 : BlockSectionCache.DefaultBytes);
                _ = model.Write(directory.Path, BlockModel.Options with { PageBytes = 512 });
                using BlockReader block = BlockModel.Open(directory.Path, cache);
                var random = new Random(seed);
                for (int i = 0; i < 15; i++)
                {
                    long from = random.NextInt64(BlockModel.Range.Start - 100_000, BlockModel.Range.End + 100_000);
                    var range = new QueryRange(from, from + random.NextInt64(0, 1L << random.Next(1, 24)));
                    LabelMatcher[] matchers = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => BlockGen.Matcher(random))];

                    model.Select(range, matchers).Difference(BlockModel.QueryAsync(block, range, matchers).Completed())
                        .ShouldBe("", string.Join(", ", matchers.AsEnumerable()) + " " + range);
                }
            },
            iter: 60, threads: 1);

    [Fact]
    public void Labels_AnyMatchersAndLimit_AreThoseOfTheModel() =>
        Gen.Select(BlockGen.Block, Gen.Int).Sample(
            (model, seed) =>
            {
                using var directory = new TemporaryDirectory();
                using var cache = new BlockSectionCache();
                _ = model.Write(directory.Path);
                using BlockReader block = BlockModel.Open(directory.Path, cache);
                var random = new Random(seed);
                for (int i = 0; i < 15; i++)
                {
                    LabelMatcher[] matchers = [.. Enumerable.Range(0, random.Next(0, 3)).Select(_ => BlockGen.Matcher(random))];
                    CheckLabels(model, block, matchers, random.Next(2) * random.Next(1, 8));
                }
            },
            iter: 60, threads: 1);

    [Fact]
    public async Task Select_LabelsOnly_GivesLabelsWithoutSamples()
    {
        BlockModel model = BlockGen.Build(new Random(5));
        using var directory = new TemporaryDirectory();
        using var cache = new BlockSectionCache();
        _ = model.Write(directory.Path);
        using BlockReader block = BlockModel.Open(directory.Path, cache);
        await using IQuerier querier = block.OpenQuerier(QueryRange.All);

        await using ISeriesSet set = await querier.SelectAsync(true, new SelectHints(QueryRange.All, LabelsOnly: true), [s_all], CancellationToken.None);

        var labels = new List<string>();
        while (await set.MoveNextAsync(CancellationToken.None))
        {
            set.Current.Samples.Count.ShouldBe(0);
            labels.AddRange(Enumerable.Range(0, set.Current.Count).Select(i => set.Current.Labels(i).ToString()));
        }

        labels.ShouldBe(model.Series.Keys.Select(static l => l.ToString()));
    }

    [Fact]
    public void Write_AnyOrderOfSeries_GivesTheSameBytes()
    {
        BlockModel model = BlockGen.Build(new Random(8));
        using var first = new TemporaryDirectory();
        using var second = new TemporaryDirectory();
        _ = model.Write(first.Path);
        _ = model.Write(second.Path);

        foreach (string file in (string[])["index", "chunks", "meta.json"])
        {
            File.ReadAllBytes(Path.Combine(BlockModel.PathIn(second.Path), file)).ShouldBe(File.ReadAllBytes(Path.Combine(BlockModel.PathIn(first.Path), file)));
        }
    }

    [Fact]
    public void Write_NoSeries_GivesAnEmptyBlock()
    {
        using var directory = new TemporaryDirectory();
        using var cache = new BlockSectionCache();
        BlockMeta meta = new BlockModel().Write(directory.Path);
        using BlockReader block = BlockModel.Open(directory.Path, cache);

        meta.IsEmpty.ShouldBeTrue();
        BlockModel.QueryAsync(block, QueryRange.All, s_all).Completed().Series.ShouldBeEmpty();
        block.VerifyAsync(null, CancellationToken.None).AsTask().Completed().IsSound.ShouldBeTrue();
    }

    [Fact]
    public void Write_SampleOutsideTheRange_Throws()
    {
        var model = new BlockModel();
        model[LabelSet.From("a", "b")].Floats[BlockModel.Range.End] = (1, 0);
        using var directory = new TemporaryDirectory();

        Should.Throw<ArgumentException>(() => model.Write(directory.Path)).Message.ShouldContain("outside");
        Directory.Exists(BlockModel.PathIn(directory.Path)).ShouldBeFalse();
    }

    [Fact]
    public void Write_SameLabelsTwice_Throws()
    {
        var model = new BlockModel();
        model[LabelSet.From("a", "b")].Floats[BlockModel.Range.Start] = (1, 0);
        using var directory = new TemporaryDirectory();
        using BlockWriter writer = BlockWriter.Create(
            Primitives.Files.LocalFileSystem.Instance, BlockModel.PathIn(directory.Path), BlockModel.Options);
        model.Add(writer);
        model.Add(writer);

        Should.Throw<ArgumentException>(() => writer.Finish(CancellationToken.None)).Message.ShouldContain("twice");
    }

    [Fact]
    public void Dispose_BeforeFinish_RemovesTheDirectory()
    {
        using var directory = new TemporaryDirectory();
        using (BlockWriter writer = BlockWriter.Create(
            Primitives.Files.LocalFileSystem.Instance, BlockModel.PathIn(directory.Path), BlockModel.Options))
        {
            BlockGen.Build(new Random(1)).Add(writer);
            Directory.Exists(BlockModel.PathIn(directory.Path)).ShouldBeTrue();
        }

        Directory.Exists(BlockModel.PathIn(directory.Path)).ShouldBeFalse();
    }

    private static void CheckLabels(BlockModel model, BlockReader block, LabelMatcher[] matchers, int limit)
    {
        BlockModel selected = model.Select(QueryRange.All, matchers);
        IQuerier querier = block.OpenQuerier(QueryRange.All);
        string because = string.Join(", ", matchers.AsEnumerable());

        Compare(
            selected.Series.Keys.Select(static l => l.ToString()),
            querier.SelectSeriesAsync(matchers, limit, CancellationToken.None).AsTask().Completed(), static l => l.ToString(), limit, because);
        Compare(
            selected.Series.Keys.SelectMany(static l => l.ToPairs()).Select(static p => p.Key).Distinct().Order(StringComparer.Ordinal),
            querier.LabelNamesAsync(matchers, limit, CancellationToken.None).AsTask().Completed(), static n => n, limit, because);
        foreach (string name in (string[])["__name__", "instance", "le", "zone", "absent"])
        {
            Compare(
                selected.Series.Keys.SelectMany(static l => l.ToPairs()).Where(p => p.Key == name).Select(static p => p.Value).Distinct().Order(StringComparer.Ordinal),
                querier.LabelValuesAsync(name, matchers, limit, CancellationToken.None).AsTask().Completed(), static v => v, limit, name + " of " + because);
        }

        querier.DisposeAsync().AsTask().IsCompleted.ShouldBeTrue();
    }

    private static void Compare<T>(IEnumerable<string> expected, LimitedList<T> actual, Func<T, string> text, int limit, string because)
    {
        string[] all = [.. expected];
        actual.Items.Select(text).ShouldBe(limit > 0 ? all.Take(limit) : all, because);
        actual.Truncated.ShouldBe(limit > 0 && all.Length > limit, because);
    }
}
