using CsCheck;
using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;

namespace RemoteStore.Blocks.Tests.Merging;

public sealed class PartMergerTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(true, 4096)]
    [InlineData(false, 4096)]
    [InlineData(true, 7)]
    [InlineData(false, 7)]
    public void Merge_AnyParts_EqualsTheirUnion(bool overlapping, int blockRows)
    {
        var options = new PartWriterOptions { FlushedBlockRows = blockRows, MergedBlockRows = blockRows, HistogramBlockBytes = 500 };
        Gen.Select(Gen.Int, Gen.Int[1, 5]).Sample(
            (seed, count) =>
            {
                var random = new Random(seed);
                PartModel[] models = [.. Enumerable.Range(0, count).Select(
                    i => PartGen.Build(random, 1_700_000_000_000 + (overlapping ? i * 7500L : i * 100_000_000L), extremes: overlapping))];
                MergeOptions merge = MergeOptions.Default with { Writer = options, Ranges = new(60_000), MaxOpenOutputs = 2 };
                PartModel merged = Merge(models, options, merge, out MergeResult result);

                PartModel expected = PartModel.Merge(models);
                expected.Difference(merged).ShouldBe("");
                result.RowsRead.ShouldBe(models.Sum(m => (long)m.Floats.Count + m.Histograms.Count));
                result.RowsDuplicate.ShouldBe(result.RowsRead - expected.Floats.Count - expected.Histograms.Count);
                result.Parts.Select(part => merge.Ranges.NumberOf(part.MinTime)).ShouldBeUnique();
                result.Parts.ShouldAllBe(part => merge.Ranges.NumberOf(part.MinTime) == merge.Ranges.NumberOf(part.MaxTime));
            },
            iter: 40,
            threads: 1);
    }

    [Fact]
    public void Merge_SamePartsTwice_ChangesNothing()
    {
        PartModel model = PartGen.Build(new Random(5));

        PartModel merged = Merge([model, model, model], PartWriterOptions.Default, MergeOptions.Default, out _);

        PartModel.Merge([model]).Difference(merged).ShouldBe("");
    }

    [Fact]
    public void Merge_RetentionPerTenant_DropsOlderSamples()
    {
        PartModel[] models = [PartGen.Build(new Random(1)), PartGen.Build(new Random(2)), PartGen.Build(new Random(3))];
        long middle = 1_700_000_000_000 + 45000;
        Func<TenantId, long> floor = tenant => tenant == PartGen.Tenant(1) ? middle : long.MinValue;

        PartModel merged = Merge(
            models,
            new PartWriterOptions { FlushedBlockRows = 30 },
            MergeOptions.Default with { RetentionFloor = floor, Ranges = new(10_000) },
            out MergeResult result);

        PartModel.Merge(models, floor).Difference(merged).ShouldBe("");
        result.RowsExpired.ShouldBe(models.Sum(m =>
            m.Floats.Keys.Count(k => k.Time < floor(k.Tenant)) + m.Histograms.Keys.Count(k => k.Time < floor(k.Tenant))));
        result.RowsExpired.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Merge_EverythingExpired_GivesNoPart()
    {
        PartModel model = PartGen.Build(new Random(1), extremes: false);

        PartModel merged = Merge(
            [model], PartWriterOptions.Default, MergeOptions.Default with { RetentionFloor = _ => long.MaxValue }, out MergeResult result);

        result.Parts.ShouldBeEmpty();
        merged.Tenants.ShouldBeEmpty();
    }

    [Fact]
    public void Merge_DroppedTenant_IsLeftOut()
    {
        PartModel[] models = [Both(1), Both(2)];
        TenantId gone = models[0].Tenants.First();
        string output = Directory.CreateDirectory(_directory.File("out")).FullName;
        models[0].Write(_directory.Path, new(1), 0);
        models[1].Write(_directory.Path, new(2), 0);
        using PartReader first = PartReader.Open(_directory.File(new PartId(1).FileName));
        using PartReader second = PartReader.Open(_directory.File(new PartId(2).FileName));

        MergeResult result = PartMerger.Merge(
            [new(first, new HashSet<TenantId> { gone }), new(second)], LocalFileSystem.Instance, output, Ids(10), 1, MergeOptions.Default, CancellationToken.None);

        var kept = new PartModel();
        Copy(models[0], kept, gone);
        PartModel.Merge([kept, models[1]]).Difference(ReadAll(output, result)).ShouldBe("");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ReadSeries_AnyParts_GivesEachSeriesOnceWithItsUnion(bool overlapping)
    {
        Gen.Select(Gen.Int, Gen.Int[1, 5]).Sample(
            (seed, count) =>
            {
                var random = new Random(seed);
                PartModel[] models = [.. Enumerable.Range(0, count).Select(i => PartGen.Build(random, 1_700_000_000_000 + (overlapping ? i * 7500L : i * 100_000_000L)))];
                var options = new PartWriterOptions { FlushedBlockRows = 7, MergedBlockRows = 7, HistogramBlockBytes = 500 };
                var inputs = new List<PartReader>();
                for (int i = 0; i < models.Length; i++)
                {
                    inputs.Add(PartReader.Open(_directory.File(models[i].Write(_directory.Path, new((ulong)i + 1), 0, options).Id.FileName)));
                }

                var found = new PartModel();
                for (int t = 0; t < 3; t++)
                {
                    long last = -1;
                    TenantId tenant = PartGen.Tenant(t);
                    SeriesMerger.Read([.. inputs.Select(static part => new MergeInput(part))], tenant, MergeOptions.Default, Add, CancellationToken.None);

                    void Add(uint seriesRef, SampleBuffer samples)
                    {
                        ((long)seriesRef).ShouldBeGreaterThan(last);
                        last = seriesRef;
                        found.Take(tenant, seriesRef, samples);
                    }
                }

                inputs.ForEach(static part => part.Dispose());
                PartModel.Merge(models).Difference(found).ShouldBe("");
            },
            iter: 30,
            threads: 1);
    }

    [Fact]
    public void Merge_DamagedInput_ThrowsNamingTheFileAndLeavesNoOutput()
    {
        PartModel model = PartGen.Build(new Random(4));
        PartInfo info = model.Write(_directory.Path, new(1), 0);
        string path = _directory.File(info.Id.FileName);
        byte[] bytes = File.ReadAllBytes(path);
        bytes[200] ^= 1;
        File.WriteAllBytes(path, bytes);
        using PartReader part = PartReader.Open(path);

        CorruptDataException corrupt = Should.Throw<CorruptDataException>(() => PartMerger.Merge(
            [new(part)], LocalFileSystem.Instance, _directory.Path, Ids(2), 1, MergeOptions.Default, CancellationToken.None));

        corrupt.File.ShouldBe(path);
        corrupt.Offset.ShouldBe(32);
        Directory.GetFiles(_directory.Path, "*.part").ShouldHaveSingleItem();
    }

    [Fact]
    public void Merge_Cancelled_LeavesNoOutputAndReleasesEverything()
    {
        var pool = new PartBufferPool();
        using var cancellation = new CancellationTokenSource();
        PartGen.Build(new Random(4)).Write(_directory.Path, new(1), 0, new PartWriterOptions { FlushedBlockRows = 10 });
        string path = _directory.File(new PartId(1).FileName);
        int blocks = 0;
        using (PartReader part = PartReader.Open(path, pool))
        {
            var options = new MergeOptions
            {
                BlockMerged = () =>
                {
                    if (++blocks == 3)
                    {
                        cancellation.Cancel();
                    }
                },
            };

            Should.Throw<OperationCanceledException>(() => PartMerger.Merge(
                [new(part)], LocalFileSystem.Instance, _directory.Path, Ids(2), 1, options, cancellation.Token));
        }

        blocks.ShouldBe(3);
        pool.Rented.ShouldBe(0);
        Directory.GetFiles(_directory.Path, "*.part").ShouldHaveSingleItem();
    }

    [Fact]
    public void Merge_FailpointArmed_IsHitWhileTheOutputIsUnfinished()
    {
        bool unfinished = false;
        Failpoints failpoints = Failpoints.With("merge.mid-write", () => unfinished = Directory.GetFiles(_directory.File("out")).Length > 0, hit: 6);

        _ = Merge(
            [PartGen.Build(new Random(4))], new PartWriterOptions { FlushedBlockRows = 10 }, MergeOptions.Default with { Failpoints = failpoints }, out _);

        unfinished.ShouldBeTrue();
    }

    private PartModel Merge(PartModel[] models, PartWriterOptions inputOptions, MergeOptions options, out MergeResult result)
    {
        List<PartReader> inputs = [];
        string output = Directory.CreateDirectory(_directory.File("out")).FullName;
        try
        {
            for (int i = 0; i < models.Length; i++)
            {
                PartInfo info = models[i].Write(_directory.Path, new((ulong)i + 1), i % 2, inputOptions);
                inputs.Add(PartReader.Open(_directory.File(info.Id.FileName)));
            }

            result = PartMerger.Merge(
                [.. inputs.Select(static input => new MergeInput(input))], LocalFileSystem.Instance, output, Ids(99), 1, options, CancellationToken.None);
        }
        finally
        {
            inputs.ForEach(input => input.Dispose());
        }

        PartModel merged = ReadAll(output, result);
        Directory.Delete(output, recursive: true);
        return merged;
    }

    /// <summary>Everything in the outputs, which are all there is and whole.</summary>
    private static PartModel ReadAll(string folder, MergeResult result)
    {
        Directory.GetFiles(folder).Select(Path.GetFileName).Order().ShouldBe(result.Parts.Select(static part => part.Id.FileName).Order());
        var models = new List<PartModel>();
        foreach (PartInfo info in result.Parts)
        {
            using PartReader part = PartReader.Open(Path.Combine(folder, info.Id.FileName));
            part.Info.ShouldBe(info);
            part.VerifyAll(CancellationToken.None).ShouldBeEmpty();
            models.Add(PartModel.Read(part, QueryRange.All, PartGen.SeriesCount));
        }

        models.Sum(static model => model.Floats.Count + model.Histograms.Count)
            .ShouldBe(PartModel.Merge(models).Floats.Count + PartModel.Merge(models).Histograms.Count, "no sample is in two parts");
        return PartModel.Merge(models);
    }

    private static Func<PartId> Ids(ulong next) => () => new PartId(next++);

    /// <summary>A part with at least two tenants.</summary>
    private static PartModel Both(int seed)
    {
        PartModel model;
        do
        {
            model = PartGen.Build(new Random(seed++));
        }
        while (model.Tenants.Count() < 2);

        return model;
    }

    private static void Copy(PartModel from, PartModel to, TenantId without)
    {
        foreach (var (key, value) in from.Floats.Where(pair => pair.Key.Tenant != without))
        {
            to.Floats.Add(key, value);
        }

        foreach (var (key, value) in from.Histograms.Where(pair => pair.Key.Tenant != without))
        {
            to.Histograms.Add(key, value);
        }
    }
}
