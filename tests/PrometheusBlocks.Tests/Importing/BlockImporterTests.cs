using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Model;
using RemoteStore.PrometheusBlocks.Format;
using RemoteStore.PrometheusBlocks.Importing;
using RemoteStore.PrometheusBlocks.Reading;
using Shouldly;
using Xunit;

namespace RemoteStore.PrometheusBlocks.Tests.Importing;

public sealed class BlockImporterTests
{
    private const long Hour = 3_600_000;
    private static readonly TenantId s_tenant = TenantId.Parse("team-a");

    [Fact]
    public void Import_OfAnyBlock_KeepsEveryBit() => GeneratedSeries.Any.Sample(
        static series =>
        {
            using var folder = new BlockFolder();
            using PrometheusBlock source = PrometheusBlock.Open(folder.Write(series));
            ImportPiece piece = ImportPlan.Of(source.Meta).ShouldHaveSingleItem();

            ImportedBlock imported = new BlockImporter(BlockFolder.Files)
                .Write(source, piece, s_tenant, folder.Path, null, CancellationToken.None).ShouldNotBeNull();

            imported.Meta.Id.ShouldBe(source.Meta.Id);
            imported.Meta.Tenant.ShouldBe(s_tenant);
            imported.Meta.Range.ShouldBe(GeneratedSeries.Range);
            BlockLines.OfOursAsync(imported.Directory).GetAwaiter().GetResult().ShouldBe(BlockLines.OfPrometheus(source.Directory));
        },
        iter: 30);

    [Fact]
    public void Import_OfAPieceWithoutSamples_MakesNothing()
    {
        using var folder = new BlockFolder();
        using PrometheusBlock source = PrometheusBlock.Open(folder.Write(GeneratedSeries.Any.Single()));
        var piece = new ImportPiece(new BlockId(5, 5), new(0, 1), new(0, 2 * Hour));

        new BlockImporter(BlockFolder.Files).Write(source, piece, s_tenant, folder.Path, null, CancellationToken.None).ShouldBeNull();

        Directory.Exists(Path.Combine(folder.Path, s_tenant.Name, piece.Id.ToString())).ShouldBeFalse();
    }

    [Theory]
    [InlineData(4, 6, "4-6/4-6")]
    [InlineData(0, 6, "0-6/0-12")]
    [InlineData(10, 14, "10-14/0-24")]
    [InlineData(18, 36, "18-24/12-24 24-36/24-36")]
    [InlineData(-3, 50, "-3-0/-12-0 0-24/0-24 24-48/24-48 48-50/48-50")]
    public void Plan_CutsAtMidnight_AndFitsRangesOfCompaction(int from, int to, string pieces)
    {
        var meta = new PrometheusBlockMeta { Id = new BlockId(1UL << 40, 9), Range = new(from * Hour, to * Hour) };

        IReadOnlyList<ImportPiece> plan = ImportPlan.Of(meta);

        string.Join(' ', plan.Select(static piece =>
            $"{piece.Times.MinTime / Hour}-{(piece.Times.MaxTime + 1) / Hour}/{piece.Range.Start / Hour}-{piece.Range.End / Hour}")).ShouldBe(pieces);
        plan.Select(static piece => piece.Id).Distinct().Count().ShouldBe(plan.Count);
        ImportPlan.Of(meta).Select(static piece => piece.Id).ShouldBe(plan.Select(static piece => piece.Id));
        plan.ShouldAllBe(piece => piece.Id.CreatedMs == meta.Id.CreatedMs);
    }

    [Fact]
    public void Plan_OfABlockThatSpansAllOfTime_IsRefused() =>
        Should.Throw<FormatException>(static () => ImportPlan.Of(new() { Id = new BlockId(1, 1), Range = new(long.MinValue, long.MaxValue) }));
}
