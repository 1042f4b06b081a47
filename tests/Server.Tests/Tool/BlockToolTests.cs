using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Querying;
using RemoteStore.Tool.Commands;
using Shouldly;
using Xunit;

namespace RemoteStore.Server.Tests.Tool;

public sealed class BlockToolTests : IDisposable
{
    private const long Start = 1_699_999_200_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private readonly string _block;

    public BlockToolTests()
    {
        var id = BlockId.Parse("01HF7YAT00Y8Z3KW9D2V5Q4RTM");
        _block = Path.Combine(_directory, "blocks", "acme", id.ToString());
        using BlockWriter writer = BlockWriter.Create(
            LocalFileSystem.Instance, _block,
            new BlockWriterOptions { Id = id, Tenant = TenantId.Parse("acme"), Range = new(Start, Start + 7_200_000), Sources = ["0000000000000001"] });
        var samples = new SampleBuffer();
        for (int s = 0; s < 3; s++)
        {
            samples.Clear();
            for (int i = 0; i < 4; i++)
            {
                samples.Add(Start + (i * 15_000), s == 2 && i == 3 ? SampleBits.StaleMarker : BitConverter.DoubleToInt64Bits((s * 10) + (i / 4.0)), s == 1 ? 7 : 0);
            }

            if (s == 0)
            {
                samples.AddHistogram(Start + 90_000, 0, HistogramPayload.Encode(new NativeHistogram { IntegerCount = 5, IntegerZeroCount = 5 }));
            }

            writer.AddSeries(LabelSet.From("__name__", "up", "instance", "host-" + s).Bytes, samples);
        }

        _ = writer.Finish(CancellationToken.None);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("")]
    [InlineData("blocks")]
    [InlineData("blocks/acme")]
    [InlineData("blocks/acme/01HF7YAT00Y8Z3KW9D2V5Q4RTM")]
    public void BlockLs_AnyPathAbove_ListsTheBlock(string below)
    {
        Run("block", "ls", Path.Combine(_directory, below)).ShouldBe(0);

        string[] lines = _output.ToString().Split('\n');
        lines[0].ShouldStartWith("BLOCK");
        lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..6].ShouldBe(["01HF7YAT00Y8Z3KW9D2V5Q4RTM", "acme", "1", "3", "12", "1"]);
        lines[1].ShouldEndWith("2023-11-14T22:00:00.000Z  2023-11-14T22:01:30.000Z");
        lines[2].ShouldStartWith("1 blocks, ");
    }

    [Fact]
    public void BlockLs_DirectoryWithoutMeta_IsNamedAndExitsOne()
    {
        File.Delete(Path.Combine(_block, "meta.json"));

        Run("block", "ls", _directory).ShouldBe(1);

        _output.ToString().ShouldContain("meta.json");
        _output.ToString().ShouldContain("0 blocks");
    }

    [Fact]
    public void BlockInspect_Block_TellsSectionsAndSources()
    {
        Run("block", "inspect", _block).ShouldBe(0);

        string text = _output.ToString();
        text.ShouldContain("3 series, 4 label pairs, 12 floats, 1 histograms");
        text.ShouldContain("made of 0000000000000001");
        text.ShouldContain("sample pages");
    }

    [Fact]
    public void BlockVerify_SoundBlock_ExitsZero()
    {
        Run("block", "verify", _directory).ShouldBe(0);

        _output.ToString().ShouldEndWith("1 blocks read, 0 damaged\n");
    }

    [Theory]
    [InlineData("index")]
    [InlineData("chunks")]
    [InlineData("meta.json")]
    public void BlockVerify_FlippedBitAnywhere_NamesFileAndOffsetAndExitsOne(string name)
    {
        string path = Path.Combine(_block, name);
        byte[] sound = File.ReadAllBytes(path);
        for (int at = 0; at < sound.Length; at += 7)
        {
            byte[] damaged = [.. sound];
            damaged[at] ^= 0x20;
            File.WriteAllBytes(path, damaged);
            _output.GetStringBuilder().Clear();

            Run("block", "verify", _directory).ShouldBe(1);

            _output.ToString().ShouldContain("DAMAGED");
            _output.ToString().ShouldContain(path + ": offset ");
        }
    }

    [Fact]
    public void BlockDump_All_PrintsEverySample()
    {
        Run("block", "dump", _directory).ShouldBe(0);

        string[] lines = _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(13);
        lines[0].ShouldBe($$"""{__name__="up", instance="host-0"} 0 {{Start}}""");
        lines[4].ShouldStartWith("""{__name__="up", instance="host-0"} histogram{schema=0, count=5, sum=0, zero=5, payload=""");
        lines[6].ShouldBe($$"""{__name__="up", instance="host-1"} 10.25 {{Start + 15_000}} start=7""");
        lines[12].ShouldBe($$"""{__name__="up", instance="host-2"} StaleNaN {{Start + 45_000}}""");
    }

    [Fact]
    public void BlockDump_SelectorAndTimes_PrintsWhatTheyLeave()
    {
        Run("block", "dump", _block, "--match", "up{instance=~\"host-[12]\"}", "--from", "1699999215", "--to", "2023-11-14T22:00:15Z").ShouldBe(0);

        _output.ToString().ShouldBe(
            $$"""
            {__name__="up", instance="host-1"} 10.25 {{Start + 15_000}} start=7
            {__name__="up", instance="host-2"} 20.25 {{Start + 15_000}}

            """);
    }

    [Fact]
    public void BlockDump_SeriesOnly_PrintsLabelSets()
    {
        Run("block", "dump", _block, "--series").ShouldBe(0);

        _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(3);
    }

    [Theory]
    [InlineData("--match", "up{", "parse error")]
    [InlineData("--from", "yesterday", "neither RFC 3339")]
    public void BlockDump_BadOption_IsRefused(string option, string value, string error)
    {
        Run("block", "dump", _block, option, value).ShouldBe(1);

        _errors.ToString().ShouldContain(error);
    }

    [Fact]
    public void Blocks_OfTheBucketInADataDirectory_AreSeenToo()
    {
        string bucket = Path.Combine(_directory, "bucket");
        Directory.CreateDirectory(bucket);
        Directory.Move(Path.Combine(_directory, "blocks", "acme"), Path.Combine(bucket, "acme"));
        Directory.CreateDirectory(Path.Combine(bucket, "acme", "index"));
        foreach (string[] place in (string[][])[[_directory], ["--data-dir", _directory], ["--storage.object-store.directory", bucket]])
        {
            _output.GetStringBuilder().Clear();
            Run(["block", "ls", .. place]).ShouldBe(0);
            _output.ToString().ShouldContain("1 blocks, ");
            Run(["block", "verify", .. place]).ShouldBe(0);
            _output.ToString().ShouldContain("acme/01HF7YAT00Y8Z3KW9D2V5Q4RTM: ok");
        }
    }

    [Fact]
    public void Blocks_OnTheLocalDiskAndInABucketElsewhere_AreBothSeen()
    {
        string elsewhere = Path.Combine(_directory, "elsewhere");
        Directory.CreateDirectory(Path.Combine(elsewhere, "env", "prod", "acme"));
        CopyBlock(Path.Combine(elsewhere, "env", "prod", "acme", "01HF7YAT00Y8Z3KW9D2V5Q4RTN"));

        Run("block", "ls", "--data-dir", _directory, "--storage.object-store.directory", elsewhere, "--storage.object-store.prefix", "env/prod").ShouldBe(0);

        _output.ToString().ShouldContain("2 blocks, ");
    }

    [Fact]
    public void Blocks_InABucketThatAServerUses_AreReadAndLeftAsTheyAre()
    {
        string bucket = Path.Combine(_directory, "bucket");
        CopyBlock(Path.Combine(bucket, "acme", "01HF7YAT00Y8Z3KW9D2V5Q4RTM"));
        using IDisposable held = FileSystemBucket.Hold(bucket);
        string underWay = Path.Combine(bucket, "being written", "7");
        Directory.CreateDirectory(Path.GetDirectoryName(underWay)!);
        File.WriteAllText(underWay, "half");

        Run("block", "verify", "--storage.object-store.directory", bucket).ShouldBe(0);

        _output.ToString().ShouldContain("1 blocks read, 0 damaged");
        File.ReadAllText(underWay).ShouldBe("half");
    }

    [Fact]
    public void Blocks_NoPlaceOrTwo_AreRefused()
    {
        Run("block", "ls").ShouldBe(1);
        Run("block", "ls", _directory, "--storage.object-store.directory", _directory).ShouldBe(1);
        string[] lines = _errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines[0].ShouldStartWith("rstool: no bucket is named");
        lines[1].ShouldStartWith("rstool: name one place");
    }

    [Fact]
    public void Blocks_OnS3WithoutKeys_AreRefused()
    {
        Run(
            "block", "ls", "--storage.object-store.backend=s3", "--storage.object-store.s3.endpoint", "127.0.0.1:1", "--storage.object-store.s3.bucket", "metrics")
            .ShouldBe(1);
        _errors.ToString().ShouldContain("storage.object-store.s3.access-key and storage.object-store.s3.secret-key must be set");
    }

    [Fact]
    public void BlockLs_NoBlocks_IsRefused()
    {
        Run("block", "ls", Path.Combine(_directory, "none")).ShouldBe(1);

        _errors.ToString().ShouldContain("is not a directory");
    }

    private void CopyBlock(string target)
    {
        Directory.CreateDirectory(target);
        foreach (string file in Directory.EnumerateFiles(_block))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }

    private int Run(params string[] arguments) => ToolCommands.Create(_output, _errors).Parse(arguments).Invoke();
}
