using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Selection;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Blocks.Tests.Format;

public sealed class BlockFormatTests
{
    private const string UpdateVariable = "REMOTESTORE_UPDATE_GOLDEN";

    [Fact]
    public void Enums_ValuesOnDisk_NeverChange()
    {
        Enum.GetValues<BlockFile>().Select(v => (v.ToString(), (int)v)).ShouldBe([("Meta", 1), ("Index", 2), ("Chunks", 3)]);
        Enum.GetValues<BlockSection>().Select(v => (v.ToString(), (int)v)).ShouldBe(
        [
            ("Footer", 1), ("Directory", 2), ("Pairs", 3), ("Postings", 4), ("Series", 5), ("SamplePages", 6), ("ColumnPages", 7), ("SamplePage", 8),
            ("ColumnPage", 9), ("File", 10),
        ]);
        Enum.GetValues<ChunkTimes>().Select(v => (v.ToString(), (int)v)).ShouldBe([("WholeColumn", 0), ("PartOfColumn", 1), ("Inline", 2)]);
        Enum.GetValues<ChunkFlags>().Select(v => (v.ToString(), (int)v)).ShouldBe([("None", 0), ("TimesMask", 3), ("StartTimestamps", 4), ("Histograms", 8)]);
    }

    [Fact]
    public void Constants_OnDisk_NeverChange()
    {
        BlockFormat.Version.ShouldBe((ushort)1);
        BitConverter.GetBytes(BlockFormat.IndexMagic).ShouldBe("RSBINDEX"u8.ToArray());
        BitConverter.GetBytes(BlockFormat.ChunksMagic).ShouldBe("RSBCHUNK"u8.ToArray());
        (BlockFormat.FooterLength, BlockFormat.PairsPerFrame, BlockFormat.SeriesPerFrame, BlockFormat.PagesPerFrame).ShouldBe((88, 1024, 512, 128));
        new BlockSeal(new BlockId(1, 2)).Hash(BlockFile.Index, BlockSection.Pairs, 3, "abc"u8).ShouldBe(GoldenHash);
    }

    [Fact]
    public async Task Open_BlockOfVersion1_ReadsAsWritten()
    {
        string golden = Path.Combine(GoldenFolder(), "block-v1");
        BlockModel model = Content();
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            if (Directory.Exists(golden))
            {
                Directory.Delete(golden, recursive: true);
            }

            _ = model.Write(golden, BlockModel.Options with { PageBytes = 512, Sources = ["0000000000000001", "0000000000000002"] });
        }

        using var cache = new BlockSectionCache();
        using BlockReader block = await BlockModel.OpenAsync(golden, cache);

        block.Meta.Id.ShouldBe(BlockModel.Id);
        block.Meta.Tenant.Name.ShouldBe("acme");
        block.Meta.Range.ShouldBe(BlockModel.Range);
        block.Meta.Sources.ShouldBe(["0000000000000001", "0000000000000002"]);
        (await block.VerifyAsync(null, CancellationToken.None)).Damage.ShouldBeEmpty();
        model.Difference(await BlockModel.QueryAsync(block, QueryRange.All, new LabelMatcher(MatchType.Regexp, "job", ".*"))).ShouldBe("");
    }

    [Fact]
    public void BlockId_Text_RoundTripsAndSorts()
    {
        Gen.Select(Gen.ULong, Gen.ULong, Gen.ULong, Gen.ULong).Sample((a, b, c, d) =>
        {
            BlockId left = new(a, b);
            BlockId right = new(c, d);
            BlockId.Parse(left.ToString()).ShouldBe(left);
            Math.Sign(left.CompareTo(right)).ShouldBe(Math.Sign(string.CompareOrdinal(left.ToString(), right.ToString())));
        });
        new BlockId(0, 0).ToString().ShouldBe(new string('0', 26));
        new BlockId(ulong.MaxValue, ulong.MaxValue).ToString().ShouldBe("7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
        BlockId.TryParse("8ZZZZZZZZZZZZZZZZZZZZZZZZZ", out _).ShouldBeFalse();
        BlockId.TryParse("7ZZZZZZZZZZZZZZZZZZZZZZZZU", out _).ShouldBeFalse();
        BlockId.TryParse("short", out _).ShouldBeFalse();
        BlockId.Parse("01HF7YAT00Y8Z3KW9D2V5Q4RTM").CreatedMs.ShouldBe(1_700_000_000_000);
    }

    [Fact]
    public void BlockRange_Containing_HoldsTheTimeAndIsAligned() =>
        Gen.Select(Gen.Long, Gen.Long[1, 1L << 40]).Sample((time, length) =>
        {
            BlockRange range = BlockRange.Containing(time, length);
            (range.Contains(time) || time == long.MaxValue).ShouldBeTrue();
            range.Length.ShouldBeLessThanOrEqualTo((ulong)length);
            if (range.Start != long.MinValue && range.End != long.MaxValue)
            {
                (range.Start % length).ShouldBe(0);
                range.Length.ShouldBe((ulong)length);
            }
        });

    [Fact]
    public void Slots_AnyRange_TileIt() =>
        Gen.Select(Gen.ULong[1, 1UL << 62], Gen.Int[0, 40], Gen.ULong).Sample((length, exponent, any) =>
        {
            ulong offset = any % length;
            ulong slot = BlockFormat.SlotOf(length, exponent, offset);
            (slot >> exponent).ShouldBe(0ul);
            BlockFormat.SlotStart(length, exponent, slot).ShouldBeLessThanOrEqualTo(offset);
            BlockFormat.SlotStart(length, exponent, slot + 1).ShouldBeGreaterThan(offset);
        });

    [Fact]
    public void LabelOrder_AnyLabels_IsThatOfLabelSets()
    {
        Gen<LabelSet> labels = Gen.Dictionary(Gen.String[Gen.Char['a', 'c'], 1, 2], Gen.String[Gen.Char['x', 'z'], 1, 150])[0, 4].Select(LabelSet.FromPairs);
        Gen.Select(labels, labels).Sample((a, b) =>
            Math.Sign(LabelOrder.Compare(a.Bytes.Span, b.Bytes.Span)).ShouldBe(Math.Sign(a.CompareTo(b))));
    }

    [Fact]
    public void SeriesRuns_SetAlgebra_IsThatOfSets() =>
        Gen.Select(Gen.Int[0, 200].HashSet, Gen.Int[0, 200].HashSet).Sample((a, b) =>
        {
            SeriesRuns left = Runs(a);
            SeriesRuns right = Runs(b);
            Items(left.Intersect(right)).ShouldBe(a.Intersect(b).Order());
            Items(left.Subtract(right)).ShouldBe(a.Except(b).Order());
            left.Intersects(right).ShouldBe(a.Overlaps(b));
            left.Count.ShouldBe(a.Count);
            var union = new SeriesRuns.Union(201);
            union.Add(left);
            union.Add(right);
            Items(union.Build()).ShouldBe(a.Union(b).Order());
        });

    [Fact]
    public void Meta_Text_RoundTripsAndHasItsChecksumLast()
    {
        using var directory = new TemporaryDirectory();
        BlockMeta meta = Content().Write(directory.Path, BlockModel.Options with { Level = 3, ResolutionMs = 300_000, Sources = ["a\"b", "ü"] });
        byte[] text = File.ReadAllBytes(Path.Combine(BlockModel.PathIn(directory.Path), "meta.json"));

        BlockMeta read = BlockMetaText.Parse("meta.json", text);

        (read with { Sources = [], Parents = [], Files = [] }).ShouldBe(meta with { Sources = [], Parents = [], Files = [] });
        read.Sources.ShouldBe(meta.Sources);
        read.Files.ShouldBe(meta.Files);
        System.Text.Encoding.UTF8.GetString(text).ShouldEndWith("\"\n}\n");
        using var document = System.Text.Json.JsonDocument.Parse(text);
        document.RootElement.EnumerateObject().Last().Name.ShouldBe("checksum");
        document.RootElement.GetProperty("ulid").GetString().ShouldBe(meta.Id.ToString());
    }

    private const ulong GoldenHash = 0x65e4c235174593e5; // from an implementation of XxHash3 other than the one used here

    private static SeriesRuns Runs(HashSet<int> set)
    {
        var builder = new SeriesRuns.Builder(1);
        foreach (int item in set.Order())
        {
            builder.Add(item, item + 1);
        }

        return builder.Build();
    }

    private static IEnumerable<int> Items(SeriesRuns runs) =>
        Enumerable.Range(0, runs.RunCount).SelectMany(run => Enumerable.Range(runs.Start(run), runs.End(run) - runs.Start(run)));

    /// <summary>Must never change: the golden files hold it.</summary>
    private static BlockModel Content()
    {
        var model = new BlockModel();
        long[] bits = [0, long.MinValue, SampleBits.StaleMarker, SampleBits.NormalNaN, -1, 0x7ff0000000000000, 0x3fb999999999999a, 0x40c81c8000000000];
        for (int s = 0; s < 20; s++)
        {
            ModelSeries series = model[LabelSet.From("__name__", "metric_" + (s / 4), "instance", "host-" + (s % 4), "job", "golden")];
            for (int i = 0; i < (s == 19 ? 1500 : 60); i++)
            {
                long time = BlockModel.Range.Start + (i * (s == 19 ? 4_000L : 15_000L)) + (s % 4);
                if (s == 5 && i % 3 == 0)
                {
                    continue;
                }

                if (s == 10)
                {
                    series.Histograms[time] = ([1, 2, 3, (byte)i], i < 30 ? 0 : 5);
                    continue;
                }

                series.Floats[time] = (s switch
                {
                    < 6 => BitConverter.DoubleToInt64Bits(1000 * s),
                    < 12 => BitConverter.DoubleToInt64Bits((100 * s + i * 3) / 100.0),
                    19 => BitConverter.DoubleToInt64Bits(i * i % 1009),
                    _ => bits[(i + s) % bits.Length],
                }, s == 7 ? BlockModel.Range.Start - 1 : 0);
            }
        }

        model[LabelSet.From("solo", "one sample")].Floats[BlockModel.Range.End - 1] = (BitConverter.DoubleToInt64Bits(1), 0);
        return model;
    }

    internal static string GoldenFolder()
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
