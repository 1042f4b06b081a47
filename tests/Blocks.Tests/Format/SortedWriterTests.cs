using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;

namespace RemoteStore.Blocks.Tests.Format;

public sealed class SortedWriterTests : IDisposable
{
    private static readonly BlockWriterOptions s_options = BlockModel.Options with { SeriesAreSorted = true };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Finish_SeriesInLabelOrder_GivesASoundBlockOfThem() =>
        BlockGen.Block.Sample(
            model =>
            {
                using var directory = new TemporaryDirectory();
                using var cache = new BlockSectionCache();
                BlockMeta meta = Write(directory.Path, model.Series.Values);
                using BlockReader block = BlockModel.Open(directory.Path, cache);

                block.VerifyAsync(null, CancellationToken.None).AsTask().Completed().Damage.ShouldBeEmpty();
                model.Difference(BlockModel.ScanAsync(block, skipDamage: false).Completed().Model).ShouldBe("");
                meta.Stats.Series.ShouldBe(model.Series.Count);
            },
            iter: 30, threads: 1);

    [Fact]
    public void Finish_SortedOrNot_HasTheSameIndex()
    {
        BlockModel model = BlockGen.Build(new Random(4));
        using var other = new TemporaryDirectory();

        BlockMeta sorted = Write(_directory.Path, model.Series.Values);
        BlockMeta collected = model.Write(other.Path);

        (sorted.Stats.LabelPairs, sorted.Stats.PairBytes, sorted.Stats.SeriesBytes, sorted.Stats.PostingsBytes)
            .ShouldBe((collected.Stats.LabelPairs, collected.Stats.PairBytes, collected.Stats.SeriesBytes, collected.Stats.PostingsBytes));
    }

    [Fact]
    public void AddSeries_OutOfOrder_IsRefused()
    {
        ModelSeries[] series = [.. BlockGen.Build(new Random(5)).Series.Values];
        series.Length.ShouldBeGreaterThan(1);

        Should.Throw<ArgumentException>(() => Write(_directory.Path, series.Reverse()));
        Should.Throw<ArgumentException>(() => Write(_directory.Path, [series[0], series[0]]));
        Directory.Exists(BlockModel.PathIn(_directory.Path)).ShouldBeFalse();
    }

    /// <summary>Labels lie in memory that is overwritten after each call, as a cursor's do.</summary>
    private static BlockMeta Write(string root, IEnumerable<ModelSeries> series)
    {
        using BlockWriter writer = BlockWriter.Create(LocalFileSystem.Instance, BlockModel.PathIn(root), s_options);
        var samples = new SampleBuffer();
        foreach (ModelSeries one in series)
        {
            samples.Clear();
            BlockModel.Fill(samples, one, QueryRange.All);
            byte[] labels = one.Labels.Bytes.ToArray();
            writer.AddSeries(labels, samples);
            labels.AsSpan().Fill(0xFF);
        }

        return writer.Finish(CancellationToken.None);
    }
}
