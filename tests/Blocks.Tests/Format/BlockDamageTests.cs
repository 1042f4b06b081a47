using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Checking;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Blocks.Tests.Format;

public sealed class BlockDamageTests : IDisposable
{
    private static readonly LabelMatcher s_all = new(MatchType.NotEqual, "__name__", "");

    private readonly TemporaryDirectory _directory = new();
    private readonly BlockSectionCache _cache = new(0); // nothing stays: every access reads what the test has made of the files
    private readonly BlockModel _model = SmallModel();
    private readonly CountingBlockSource _sound;

    public BlockDamageTests()
    {
        _ = _model.Write(_directory.Path, BlockModel.Options with { PageBytes = 400 });
        _sound = new CountingBlockSource(BlockModel.PathIn(_directory.Path));
    }

    public void Dispose()
    {
        _cache.Dispose();
        _directory.Dispose();
    }

    public static TheoryData<BlockFile> Files => [BlockFile.Meta, BlockFile.Index, BlockFile.Chunks];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Verify_FlippedBitAnywhere_NamesFileAndOffset(BlockFile file)
    {
        for (int at = 0; at < _sound[file].Length; at++)
        {
            CountingBlockSource damaged = Flip(file, at);

            BlockVerification found = await BlockVerifier.VerifyAsync(damaged, null, CancellationToken.None);

            found.IsSound.ShouldBeFalse($"{file} at {at}");
            found.Damage.ShouldAllBe(d => d.File == file && d.Path == damaged.Describe(file));
            BlockDamage damage = found.Damage[0];
            damage.Offset.ShouldBeLessThanOrEqualTo(at);
            (damage.LengthBytes == 0 || at < damage.Offset + damage.LengthBytes).ShouldBeTrue($"{damage} for {file} at {at}");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Read_FlippedBitAnywhere_ThrowsOrGivesWhatWasWritten(BlockFile file)
    {
        int detected = 0;
        for (int at = 0; at < _sound[file].Length; at++)
        {
            CountingBlockSource damaged = Flip(file, at);
            try
            {
                using BlockReader block = await BlockReader.OpenAsync(damaged, _cache, CancellationToken.None);
                BlockModel read = await BlockModel.QueryAsync(block, QueryRange.All, s_all);
                (BlockModel scanned, _) = await BlockModel.ScanAsync(block, skipDamage: false);

                _model.Difference(read).ShouldBe("", $"{file} at {at}");
                _model.Difference(scanned).ShouldBe("", $"{file} at {at}");
            }
            catch (CorruptDataException corrupt)
            {
                corrupt.File.ShouldBe(damaged.Describe(file), $"{file} at {at}");
                detected++;
            }
        }

        // Only postings that this query does not ask for may be damaged unseen.
        long unread = file == BlockFile.Index ? (await BlockReader.OpenAsync(_sound, _cache, CancellationToken.None)).Meta.Stats.PostingsBytes : 0;
        detected.ShouldBeGreaterThanOrEqualTo(_sound[file].Length - (int)unread);
    }

    [Fact]
    public async Task Salvage_FlippedBitAnywhereInChunks_KeepsTheRestAndTellsWhatIsLost()
    {
        for (int at = 0; at < _sound[BlockFile.Chunks].Length - 88; at++)
        {
            using BlockReader block = await BlockReader.OpenAsync(Flip(BlockFile.Chunks, at), _cache, CancellationToken.None);

            (BlockModel kept, IReadOnlyList<BlockDamage> damage) = await BlockModel.ScanAsync(block, skipDamage: true);

            damage.Count.ShouldBe(1, $"at {at}");
            kept.Missing(_model, "not expected").ShouldBe("", $"at {at}");
            if (damage[0].Section == BlockSection.SamplePage)
            {
                LostSamples lost = damage[0].Lost.ShouldNotBeNull();
                ModelSeries[] series = [.. _model.Series.Values];
                for (int i = 0; i < series.Length; i++)
                {
                    if (i < lost.FirstSeries || i > lost.LastSeries)
                    {
                        ModelSeries twin = kept.Series[series[i].Labels];
                        (twin.Floats.Count, twin.Histograms.Count).ShouldBe((series[i].Floats.Count, series[i].Histograms.Count));
                    }
                }
            }
        }
    }

    [Fact]
    public async Task Salvage_FlippedBitAnywhereInFrames_GivesNoAlteredSample()
    {
        for (int at = 0; at < _sound[BlockFile.Index].Length - 88; at++)
        {
            using BlockReader block = await BlockReader.OpenAsync(Flip(BlockFile.Index, at), _cache, CancellationToken.None);
            try
            {
                (BlockModel kept, _) = await BlockModel.ScanAsync(block, skipDamage: true);

                kept.Missing(_model, "not expected").ShouldBe("", $"at {at}");
            }
            catch (CorruptDataException corrupt)
            {
                corrupt.What.ShouldContain("directory"); // without which nothing can be found
            }
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Open_CutAnywhere_IsDetected(BlockFile file)
    {
        for (int length = 0; length < _sound[file].Length; length++)
        {
            CountingBlockSource cut = _sound.With(file, _sound[file][..length]);

            CorruptDataException corrupt =
                await Should.ThrowAsync<CorruptDataException>(async () => await BlockReader.OpenAsync(cut, _cache, CancellationToken.None));

            corrupt.File.ShouldBe(cut.Describe(file));
            cut.Disposed.ShouldBeTrue();
        }
    }

    [Theory]
    [InlineData(BlockFile.Index)]
    [InlineData(BlockFile.Chunks)]
    public async Task Open_FileOfAnotherBlock_IsDetected(BlockFile file)
    {
        var other = BlockId.Parse("01HF7YAT00Y8Z3KW9D2V5Q4RTN");
        _ = _model.Write(_directory.Path, BlockModel.Options with { PageBytes = 400, Id = other });
        var twin = new CountingBlockSource(BlockModel.PathIn(_directory.Path, other));

        _ = await Should.ThrowAsync<CorruptDataException>(
            async () => await BlockReader.OpenAsync(_sound.With(file, twin[file]), _cache, CancellationToken.None));
    }

    [Fact]
    public async Task Verify_FileChecksumOfMetaIsWrong_IsReported()
    {
        using BlockReader block = await BlockReader.OpenAsync(_sound, _cache, CancellationToken.None);
        BlockMeta lying = block.Meta with { Files = [block.Meta.Files[0], block.Meta.Files[1] with { Checksum = 1 }] };

        BlockVerification found = await BlockVerifier.VerifyAsync(
            _sound.With(BlockFile.Meta, BlockMetaText.Format(lying)), null, CancellationToken.None);

        found.Damage.ShouldHaveSingleItem().File.ShouldBe(BlockFile.Chunks);
    }

    [Fact]
    public void Parsers_AnyBytes_ThrowInvalidDataOnly()
    {
        var footers = new BlockFooters(2000, 3000, 500, 100, 200, 1000, BlockModel.Range, 300, 5, 1 << 20, 2 << 20);
        Gen.Select(Gen.Byte.Array[0, 400], Gen.Int[0, 2000]).Sample(
            (bytes, number) =>
            {
                Try(() => IndexDirectory.Parse(bytes, footers));
                Try(() => SeriesFrame.Parse(bytes, 0, (number % 512) + 1, number));
                Try(() => PostingsFrame.Parse(bytes, number, number).Read(0));
                Try(() => SamplePage.Parse(new PageEntry(0, 0, bytes.Length, 64, 0, number, 0, 1), bytes, new byte[128], number));
                Try(() => ColumnPage.Parse(new PageEntry(0, 0, bytes.Length, 64, 0, number % 50, 0, 1), bytes, new byte[128]).Decode(0));
                try
                {
                    _ = BlockMetaText.Parse("meta.json", bytes);
                }
                catch (CorruptDataException)
                {
                    // What was to happen.
                }
            },
            iter: 3000);
    }

    private static void Try(Func<object> parse)
    {
        try
        {
            _ = parse();
        }
        catch (InvalidDataException)
        {
            // What was to happen.
        }
    }

    private CountingBlockSource Flip(BlockFile file, int at)
    {
        byte[] bytes = [.. _sound[file]];
        bytes[at] ^= (byte)(1 << (at % 8));
        return _sound.With(file, bytes);
    }

    private static BlockModel SmallModel()
    {
        var model = new BlockModel();
        for (int s = 0; s < 14; s++)
        {
            ModelSeries series = model[LabelSet.From("__name__", "m" + (s / 5), "instance", "host-" + (s % 5), "job", "small")];
            for (int i = 0; i < 40; i++)
            {
                long time = BlockModel.Range.Start + (i * 15_000) + (s % 5);
                if (s == 13 && i % 2 == 0)
                {
                    series.Histograms[time] = ([1, 2, (byte)i], 0);
                }
                else if (s != 7 || i % 3 > 0)
                {
                    series.Floats[time] = (BitConverter.DoubleToInt64Bits(s < 3 ? s : (i * i * s) + (i * 0.1)), s == 9 ? BlockModel.Range.Start : 0);
                }
            }
        }

        return model;
    }
}
