using CsCheck;
using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
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
                using PartReader merged = Merge(models, options, MergeOptions.Default with { Writer = options }, out MergeResult result);

                PartModel expected = PartModel.Merge(models);
                expected.Difference(PartModel.Read(merged, QueryRange.All, PartGen.SeriesCount)).ShouldBe("");
                result.RowsRead.ShouldBe(models.Sum(m => (long)m.Floats.Count + m.Histograms.Count));
                result.RowsDuplicate.ShouldBe(result.RowsRead - expected.Floats.Count - expected.Histograms.Count);
                merged.VerifyAll(CancellationToken.None).ShouldBeEmpty();
            },
            iter: 40,
            threads: 1);
    }

    [Fact]
    public void Merge_SamePartsTwice_ChangesNothing()
    {
        PartModel model = PartGen.Build(new Random(5));

        using PartReader merged = Merge([model, model, model], PartWriterOptions.Default, MergeOptions.Default, out _);

        PartModel.Merge([model]).Difference(PartModel.Read(merged, QueryRange.All, PartGen.SeriesCount)).ShouldBe("");
    }

    [Fact]
    public void Merge_RetentionPerTenant_DropsOlderSamples()
    {
        PartModel[] models = [PartGen.Build(new Random(1)), PartGen.Build(new Random(2)), PartGen.Build(new Random(3))];
        long middle = 1_700_000_000_000 + 45000;
        Func<TenantId, long> floor = tenant => tenant == PartGen.Tenant(1) ? middle : long.MinValue;

        using PartReader merged = Merge(
            models, new PartWriterOptions { FlushedBlockRows = 30 }, MergeOptions.Default with { RetentionFloor = floor }, out MergeResult result);

        PartModel.Merge(models, floor).Difference(PartModel.Read(merged, QueryRange.All, PartGen.SeriesCount)).ShouldBe("");
        result.RowsExpired.ShouldBe(models.Sum(m =>
            m.Floats.Keys.Count(k => k.Time < floor(k.Tenant)) + m.Histograms.Keys.Count(k => k.Time < floor(k.Tenant))));
        result.RowsExpired.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void Merge_EverythingExpired_GivesAnEmptyPart()
    {
        PartModel model = PartGen.Build(new Random(1), extremes: false);

        using PartReader merged = Merge(
            [model], PartWriterOptions.Default, MergeOptions.Default with { RetentionFloor = _ => long.MaxValue }, out MergeResult result);

        result.Part.IsEmpty.ShouldBeTrue();
        merged.Tenants.ShouldBeEmpty();
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
            [part], LocalFileSystem.Instance, _directory.File("out.part"), new(2), 1, MergeOptions.Default, CancellationToken.None));

        corrupt.File.ShouldBe(path);
        corrupt.Offset.ShouldBe(32);
        File.Exists(_directory.File("out.part")).ShouldBeFalse();
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
                [part], LocalFileSystem.Instance, _directory.File("out.part"), new(2), 1, options, cancellation.Token));
        }

        blocks.ShouldBe(3);
        pool.Rented.ShouldBe(0);
        File.Exists(_directory.File("out.part")).ShouldBeFalse();
    }

    [Fact]
    public void Merge_FailpointArmed_IsHitWhileTheOutputIsUnfinished()
    {
        bool unfinished = false;
        string output = _directory.File(new PartId(99).FileName);
        Failpoints failpoints = Failpoints.With("merge.mid-write", () => unfinished = File.Exists(output), hit: 2);

        using PartReader merged = Merge(
            [PartGen.Build(new Random(4))], new PartWriterOptions { FlushedBlockRows = 10 }, MergeOptions.Default with { Failpoints = failpoints }, out _);

        unfinished.ShouldBeTrue();
    }

    private PartReader Merge(PartModel[] models, PartWriterOptions inputOptions, MergeOptions options, out MergeResult result)
    {
        List<PartReader> inputs = [];
        try
        {
            for (int i = 0; i < models.Length; i++)
            {
                PartInfo info = models[i].Write(_directory.Path, new((ulong)i + 1), i % 2, inputOptions);
                inputs.Add(PartReader.Open(_directory.File(info.Id.FileName)));
            }

            result = PartMerger.Merge(
                inputs, LocalFileSystem.Instance, _directory.File(new PartId(99).FileName), new(99), 1, options, CancellationToken.None);
        }
        finally
        {
            inputs.ForEach(input => input.Dispose());
        }

        PartReader merged = PartReader.Open(_directory.File(new PartId(99).FileName));
        merged.Info.ShouldBe(result.Part);
        return merged;
    }
}
