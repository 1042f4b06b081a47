using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Tests.Format;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;

namespace RemoteStore.Blocks.Tests.Merging;

public sealed class BlockMergerTests : IDisposable
{
    private static readonly BlockId s_output = new(7, 7);

    private readonly TemporaryDirectory _directory = new();
    private readonly BlockSectionCache _cache = new();

    public void Dispose()
    {
        _cache.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public void MergeAsync_AnyBlocks_GivesWhatReadsOfAllGive() =>
        Gen.Int.Sample(
            seed =>
            {
                using var directory = new TemporaryDirectory();
                var random = new Random(seed);
                BlockModel[] models = Models(random);
                using var inputs = new Inputs(directory.Path, models);

                BlockMeta? meta = MergeAsync(inputs.Blocks, directory.Path, BlockMergeOptions.KeepAll).Completed();

                BlockModel expected = Join(models);
                meta.ShouldNotBeNull();
                using var cache = new BlockSectionCache();
                using BlockReader merged = BlockModel.Open(directory.Path, cache, s_output);
                merged.VerifyAsync(null, CancellationToken.None).AsTask().Completed().Damage.ShouldBeEmpty();
                expected.Difference(BlockModel.ScanAsync(merged, skipDamage: false).Completed().Model).ShouldBe("");
            },
            iter: 40, threads: 1);

    [Fact]
    public async Task MergeAsync_Range_LeavesOutWhatLiesOutside()
    {
        BlockModel model = BlockGen.Build(new Random(3));
        long middle = (BlockModel.Range.Start + BlockModel.Range.End) / 2;
        var range = new QueryRange(middle, long.MaxValue);
        using var inputs = new Inputs(_directory.Path, [model]);

        _ = await MergeAsync(inputs.Blocks, _directory.Path, new BlockMergeOptions { Range = range });

        using BlockReader merged = await BlockModel.OpenAsync(_directory.Path, _cache, s_output);
        model.Select(range, []).Difference((await BlockModel.ScanAsync(merged, skipDamage: false)).Model).ShouldBe("");
    }

    [Fact]
    public async Task MergeAsync_Filter_LeavesOutItsSamplesAndEmptySeries()
    {
        BlockModel model = BlockGen.Build(new Random(8));
        LabelSet gone = model.Series.Keys.First();
        using var inputs = new Inputs(_directory.Path, [model]);

        BlockMeta? meta = await MergeAsync(inputs.Blocks, _directory.Path, new BlockMergeOptions { Filter = new SeriesGone(gone) });

        model.Series.Remove(gone);
        meta!.Stats.Series.ShouldBe(model.Series.Count);
        using BlockReader merged = await BlockModel.OpenAsync(_directory.Path, _cache, s_output);
        (await merged.VerifyAsync(null, CancellationToken.None)).IsSound.ShouldBeTrue();
        model.Difference((await BlockModel.ScanAsync(merged, skipDamage: false)).Model).ShouldBe("");
    }

    [Fact]
    public async Task MergeAsync_NothingKept_LeavesNoBlock()
    {
        using var inputs = new Inputs(_directory.Path, [BlockGen.Build(new Random(3))]);

        BlockMeta? meta = await MergeAsync(inputs.Blocks, _directory.Path, new BlockMergeOptions { Range = new QueryRange(0, 1) });

        meta.ShouldBeNull();
        Directory.Exists(BlockModel.PathIn(_directory.Path, s_output)).ShouldBeFalse();
    }

    [Fact]
    public async Task MergeAsync_DamagedInput_IsNamedAndNothingIsLeft()
    {
        BlockModel[] models = [BlockGen.Build(new Random(1)), BlockGen.Build(new Random(2))];
        using var inputs = new Inputs(_directory.Path, models);
        string chunks = Path.Combine(BlockModel.PathIn(_directory.Path, inputs.Blocks[1].Meta.Id), "chunks");
        byte[] bytes = await File.ReadAllBytesAsync(chunks);
        bytes[10] ^= 1;
        await File.WriteAllBytesAsync(chunks, bytes);

        DamagedBlockException damaged = await Should.ThrowAsync<DamagedBlockException>(
            () => MergeAsync(inputs.Blocks, _directory.Path, BlockMergeOptions.KeepAll));

        damaged.Block.ShouldBe(inputs.Blocks[1].Meta.Id);
        Directory.Exists(BlockModel.PathIn(_directory.Path, s_output)).ShouldBeFalse();
    }

    [Fact]
    public async Task MergeAsync_Cancelled_LeavesNothing()
    {
        using var inputs = new Inputs(_directory.Path, [BlockGen.Build(new Random(1))]);
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => MergeAsync(inputs.Blocks, _directory.Path, BlockMergeOptions.KeepAll, cancelled.Token));

        Directory.Exists(BlockModel.PathIn(_directory.Path, s_output)).ShouldBeFalse();
    }

    private static Task<BlockMeta?> MergeAsync(
        IReadOnlyList<BlockReader> inputs, string root, BlockMergeOptions merge, CancellationToken cancellationToken = default) =>
        BlockMerger.MergeAsync(
            inputs, LocalFileSystem.Instance, BlockModel.PathIn(root, s_output), BlockModel.Options with { Id = s_output, Level = 2, PageBytes = 4096 }, merge,
            cancellationToken).AsTask();

    /// <summary>One to four blocks; some repeat series and times of others, with the same values or not, as replicas and late writers do.</summary>
    private static BlockModel[] Models(Random random)
    {
        var models = new List<BlockModel> { BlockGen.Build(random, maxTargets: 4) };
        for (int i = random.Next(4); i > 0; i--)
        {
            models.Add(random.Next(2) == 0 ? BlockGen.Build(random, maxTargets: 4) : Twin(random, models[random.Next(models.Count)]));
        }

        return [.. models];
    }

    private static BlockModel Twin(Random random, BlockModel model)
    {
        var twin = new BlockModel();
        foreach (ModelSeries series in model.Series.Values)
        {
            foreach ((long time, (long bits, long start)) in series.Floats.Where(_ => random.Next(3) > 0))
            {
                if (random.Next(50) == 0)
                {
                    twin[series.Labels].Histograms[time] = ([(byte)random.Next(3)], start);
                }
                else
                {
                    twin[series.Labels].Floats[time] = random.Next(4) switch { 0 => (bits + random.Next(-1, 2), start), 1 => (bits, start + 1), 2 => (SampleBits.StaleMarker, 0), _ => (bits, start) };
                }
            }

            foreach ((long time, (byte[] payload, long start)) in series.Histograms.Where(_ => random.Next(3) > 0))
            {
                twin[series.Labels].Histograms[time] = ([.. payload, (byte)random.Next(3)], start);
            }
        }

        return twin;
    }

    /// <summary>What readers of all blocks see, by the naive form of the rule.</summary>
    private static BlockModel Join(IEnumerable<BlockModel> models)
    {
        var joined = new BlockModel();
        foreach (ModelSeries series in models.SelectMany(static model => model.Series.Values))
        {
            ModelSeries target = joined[series.Labels];
            foreach ((long time, (long bits, long start) sample) in series.Floats)
            {
                bool known = target.Floats.TryGetValue(time, out (long Bits, long Start) other);
                int order = known ? SampleBits.ComparePriority(sample.bits, other.Bits) : 1;
                if (order > 0 || (order == 0 && sample.start > other.Start))
                {
                    target.Floats[time] = sample;
                }
            }

            foreach ((long time, (byte[] payload, long start) sample) in series.Histograms)
            {
                bool known = target.Histograms.TryGetValue(time, out (byte[] Payload, long Start) other);
                int order = known ? sample.payload.AsSpan().SequenceCompareTo(other.Payload) : 1;
                if (order > 0 || (order == 0 && sample.start > other.Start))
                {
                    target.Histograms[time] = sample;
                }
            }
        }

        foreach (ModelSeries series in joined.Series.Values)
        {
            foreach (long time in series.Histograms.Keys)
            {
                series.Floats.Remove(time);
            }
        }

        return joined;
    }

    /// <summary>Blocks on disk, open.</summary>
    private sealed class Inputs : IDisposable
    {
        private readonly BlockSectionCache _cache = new();

        public Inputs(string root, IReadOnlyList<BlockModel> models)
        {
            for (int i = 0; i < models.Count; i++)
            {
                var id = new BlockId(1, (ulong)i);
                _ = models[i].Write(root, BlockModel.Options with { Id = id, PageBytes = 2048 });
                Blocks.Add(BlockModel.Open(root, _cache, id));
            }
        }

        public List<BlockReader> Blocks { get; } = [];

        public void Dispose()
        {
            Blocks.ForEach(static block => block.Dispose());
            _cache.Dispose();
        }
    }

    private sealed class SeriesGone(LabelSet gone) : ISampleFilter
    {
        private readonly SampleBuffer _nothing = new();

        public SampleBuffer Keep(LabelSet labels, SampleBuffer samples) => labels == gone ? _nothing : samples;
    }
}
