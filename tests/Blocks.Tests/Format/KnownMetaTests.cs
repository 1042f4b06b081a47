using CsCheck;
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

/// <summary>Blocks that are opened without reading, because their meta is known: what lies in object storage.</summary>
public sealed class KnownMetaTests
{
    private static readonly LabelMatcher s_all = new(MatchType.NotEqual, "__name__", "");

    [Fact]
    public void Query_AnyMatchersRangeAndSizes_AnswersAsABlockThatWasOpenedByReading() =>
        Gen.Select(BlockGen.Block, Gen.Int).Sample(
            (model, seed) =>
            {
                using var directory = new TemporaryDirectory();
                using var cache = new BlockSectionCache();
                var random = new Random(seed);
                BlockMeta meta = model.Write(directory.Path, BlockModel.Options with { PageBytes = 1 << random.Next(8, 13) });
                var source = new CountingBlockSource(BlockModel.PathIn(directory.Path)) { Asynchronous = true };
                using BlockReader block = BlockReader.Open(meta, source, cache, Sizes(random));
                for (int i = 0; i < 5; i++)
                {
                    LabelMatcher[] matchers = [s_all, .. Enumerable.Range(0, random.Next(0, 3)).Select(_ => BlockGen.Matcher(random))];
                    var memory = new BlockQueryMemory(
                        1 << random.Next(0, 16), 1 << random.Next(4, 16), 1 << random.Next(4, 20), 1 << random.Next(0, 16), random.Next(0, 5), 1 << random.Next(6, 20));

                    BlockModel read = QueryAsync(block, source, memory, matchers).GetAwaiter().GetResult();

                    model.Select(QueryRange.All, matchers).Difference(read).ShouldBe("");
                }

                source.Reads.ShouldAllBe(static read => read.File != BlockFile.Meta);
            },
            iter: 40, threads: 1);

    [Theory]
    [InlineData(1 << 20, 1)] // the whole index in one read
    [InlineData(0, 2)] // its end in windows, in one read, and its beginning
    public async Task Query_Cold_ReadsTheIndexOnceThenPagesThenColumns(int wholeIndexBytes, int indexReads)
    {
        using var directory = new TemporaryDirectory();
        using var cache = new BlockSectionCache();
        BlockModel model = BlockGen.Build(new Random(12), maxTargets: 40);
        BlockMeta meta = model.Write(directory.Path);
        var source = new CountingBlockSource(BlockModel.PathIn(directory.Path));
        int window = (int)((BlockFooters.LengthOf(meta, BlockFile.Index) * 2) / 5); // three windows, the last of them short
        BlockReadSizes sizes = BlockReadSizes.Remote with { SharedIndexBytes = wholeIndexBytes, IndexWindowBytes = window };
        using BlockReader block = BlockReader.Open(meta, source, cache, sizes);

        model.Difference(await BlockModel.QueryAsync(block, QueryRange.All, s_all)).ShouldBe("");

        source.Reads.Count(static read => read.File == BlockFile.Index).ShouldBe(indexReads);
        source.Reads.Count(static read => read.File == BlockFile.Chunks).ShouldBe(2);
    }

    [Theory]
    [InlineData(BlockFile.Index)]
    [InlineData(BlockFile.Chunks)]
    public async Task Query_FlippedBitAnywhere_ThrowsOrGivesWhatWasWritten(BlockFile file)
    {
        using var directory = new TemporaryDirectory();
        using var cache = new BlockSectionCache(0);
        BlockModel model = BlockGen.Build(new Random(4), maxTargets: 3);
        BlockMeta meta = model.Write(directory.Path, BlockModel.Options with { PageBytes = 400 });
        var sound = new CountingBlockSource(BlockModel.PathIn(directory.Path));
        int detected = 0;
        for (int at = 0; at < sound[file].Length; at += 3)
        {
            byte[] bytes = [.. sound[file]];
            bytes[at] ^= (byte)(1 << (at % 8));
            using BlockReader block = BlockReader.Open(meta, sound.With(file, bytes), cache, BlockReadSizes.Remote);
            try
            {
                model.Difference(await BlockModel.QueryAsync(block, QueryRange.All, s_all)).ShouldBe("", $"{file} at {at}");
            }
            catch (CorruptDataException corrupt)
            {
                corrupt.File.ShouldBe("memory:" + file);
                corrupt.Offset.ShouldBeLessThanOrEqualTo(at);
                detected++;
            }
        }

        // Postings that the query does not ask for may be damaged unseen, and the footer of the chunks file, which nobody reads.
        long unread = file == BlockFile.Index ? meta.Stats.PostingsBytes : 88;
        detected.ShouldBeGreaterThanOrEqualTo((int)((sound[file].Length - unread) / 3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(500)]
    public async Task Query_IndexCutShort_IsDamage(int length)
    {
        using var directory = new TemporaryDirectory();
        using var cache = new BlockSectionCache();
        BlockMeta meta = BlockGen.Build(new Random(4)).Write(directory.Path);
        var sound = new CountingBlockSource(BlockModel.PathIn(directory.Path));
        using BlockReader block = BlockReader.Open(meta, sound.With(BlockFile.Index, sound[BlockFile.Index][..length]), cache, BlockReadSizes.Remote);

        CorruptDataException corrupt = await Should.ThrowAsync<CorruptDataException>(() => BlockModel.QueryAsync(block, QueryRange.All, s_all));

        corrupt.File.ShouldBe("memory:Index");
    }

    private static async Task<BlockModel> QueryAsync(BlockReader block, CountingBlockSource through, BlockQueryMemory memory, LabelMatcher[] matchers)
    {
        await using IQuerier querier = block.OpenQuerier(QueryRange.All, through, memory);
        return await BlockModel.QueryAsync(querier, QueryRange.All, matchers);
    }

    private static BlockReadSizes Sizes(Random random) => new()
    {
        WholeIndexBytes = random.Next(2) << 20,
        SharedIndexBytes = 1 << random.Next(6, 16),
        IndexWindowBytes = 1 << random.Next(7, 12),
        MaxGapBytes = 1 << random.Next(6, 16),
        MaxRunBytes = 1 << random.Next(8, 20),
    };
}
