using RemoteStore.Blocks.Parts;
using RemoteStore.Model;
using Shouldly;
using Xunit;

namespace RemoteStore.Blocks.Tests.Parts;

/// <summary>Pins what is on disk: a failure here means that the format changed and needs a new version.</summary>
public sealed class PartFormatTests
{
    private const string UpdateVariable = "REMOTESTORE_WRITE_GOLDEN";

    [Fact]
    public void PersistedEnums_KeepTheirNumbers()
    {
        Enum.GetValues<BlockKind>().Select(v => (v.ToString(), (int)v)).ShouldBe([("Floats", 1), ("Histograms", 2)]);
        Enum.GetValues<BlockEncoding>().Select(v => (v.ToString(), (int)v)).ShouldBe([("Rows", 1), ("Columns", 2)]);
        Enum.GetValues<BlockFlags>().Select(v => (v.ToString(), (int)v)).ShouldBe([("None", 0), ("StartTimestamps", 1)]);
        PartFormat.Version.ShouldBe((ushort)1);
    }

    [Theory]
    [InlineData("part-v1-flushed.part", 0)]
    [InlineData("part-v1-merged.part", 2)]
    [InlineData("part-v1-columns.part", 3)]
    public void Open_FileOfVersion1_ReadsAsWritten(string name, int level)
    {
        string golden = Path.Combine(GoldenFolder(), name);
        PartModel model = level == 3 ? LongContent() : Content();
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            using var scratch = new TemporaryDirectory();
            _ = model.Write(scratch.Path, new(0x1234), level, new PartWriterOptions { FlushedBlockRows = 64, MergedBlockRows = 64 });
            File.Copy(scratch.File(new PartId(0x1234).FileName), golden, overwrite: true);
        }

        using PartReader part = PartReader.Open(golden);

        part.Info.Id.ShouldBe(new PartId(0x1234));
        part.Info.Level.ShouldBe(level);
        part.VerifyAll(CancellationToken.None).ShouldBeEmpty();
        model.Difference(PartModel.Read(part, QueryRange.All, 20)).ShouldBe("");
    }

    [Fact]
    public void Write_SameRows_GivesTheGoldenBytes()
    {
        using var scratch = new TemporaryDirectory();
        _ = Content().Write(scratch.Path, new(0x1234), 0, new PartWriterOptions { FlushedBlockRows = 64, MergedBlockRows = 64 });

        File.ReadAllBytes(scratch.File(new PartId(0x1234).FileName)).ShouldBe(File.ReadAllBytes(Path.Combine(GoldenFolder(), "part-v1-flushed.part")));
    }

    /// <summary>Runs that are long enough for chunks. Must never change: the golden file holds it.</summary>
    private static PartModel LongContent()
    {
        PartModel model = Content();
        var tenant = TenantId.Parse("long");
        for (int i = 0; i < 64; i++)
        {
            long time = 1_700_000_000_000 + i * 15000 + (i % 7);
            model.AddFloat(tenant, 1, time, BitConverter.DoubleToInt64Bits(1000 + i * i), 1_699_999_000_000);
            model.AddFloat(tenant, 2, time, BitConverter.DoubleToInt64Bits((500 + i * 3) / 100.0), 0);
            model.AddFloat(tenant, 3, time, BitConverter.DoubleToInt64Bits(1.0 / (i + 3)), 0);
            model.AddHistogram(tenant, 9, time, [3, 2, 1, (byte)i], 7);
        }

        return model;
    }

    /// <summary>Must never change: the golden files hold it.</summary>
    private static PartModel Content()
    {
        var model = new PartModel();
        long[] bits = [0, long.MinValue, 0x7ff0000000000002, 0x7ff8000000000001, -1, 0x7ff0000000000000, 0x3fb999999999999a, 0x40c81c8000000000];
        for (uint seriesRef = 0; seriesRef < 12; seriesRef++)
        {
            for (int i = 0; i < 16; i++)
            {
                long time = 1_700_000_000_000 + i * 15000 + (seriesRef / 4);
                long value = seriesRef switch
                {
                    < 3 => BitConverter.DoubleToInt64Bits(1000 * seriesRef + i * 7),
                    < 6 => BitConverter.DoubleToInt64Bits((100 * seriesRef + i * 3) / 100.0),
                    _ => bits[(i + seriesRef) % bits.Length],
                };
                model.AddFloat(TenantId.Parse("acme"), seriesRef, time, value, seriesRef > 8 ? 1_699_999_000_000 : 0);
            }
        }

        for (int i = 0; i < 20; i++)
        {
            model.AddHistogram(TenantId.Parse("acme"), 15, 1_700_000_000_000 + i * 15000, [1, 2, 3, (byte)i], 5);
            model.AddFloat(TenantId.Parse("zeta"), (uint)i, long.MinValue + i, i);
        }

        return model;
    }

    private static string GoldenFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string golden = Path.Combine(folder.FullName, "tests", "Blocks.Tests", "Golden");
            if (Directory.Exists(golden))
            {
                return golden;
            }
        }

        throw new DirectoryNotFoundException("tests/Blocks.Tests/Golden");
    }
}
