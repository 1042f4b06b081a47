using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore.Deletions;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Reading;
using RemoteStore.PrometheusBlocks.Writing;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;
using RemoteStore.Tool.Commands;
using Shouldly;
using Xunit;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Server.Tests.Tool;

public sealed class TransferToolTests : IDisposable
{
    private const long Start = 1_699_999_200_000;
    private const long Hour = 3_600_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-").FullName;
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    private string Source => Path.Combine(_directory, "prometheus");

    private string Data => Path.Combine(_directory, "data");

    private string Target => Path.Combine(_directory, "out");

    /// <summary>Blocks that were exported; beside them there is the folder of a log, as promtool wants it.</summary>
    private IEnumerable<string> Exported => Directory.EnumerateDirectories(Target).Where(static folder => Path.GetFileName(folder) != "wal");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void ImportThenExport_GivesTheSamplesBack()
    {
        string first = WriteBlock(1, Start);
        string second = WriteBlock(2, Start + (2 * Hour));

        Run("block", "import", Source, "--data-dir", Data).ShouldBe(0);
        Run("block", "export", Target, "--data-dir", Data, "--compat", "3.x").ShouldBe(0);

        List<string> exported = [.. Exported.OrderBy(static block => PrometheusBlock.ReadMeta(block).Range.Start).SelectMany(Lines)];
        exported.ShouldBe([.. Lines(first), .. Lines(second)]);
        _output.ToString().ShouldContain("2 blocks with 20 samples imported for tenant anonymous, 0 blocks were there, 0 could not be imported");
        _errors.ToString().ShouldBeEmpty();
        Directory.Exists(Path.Combine(Data, "rstool.tmp")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("env/prod")]
    public void ImportThenExport_InABucketElsewhere_NeedsNoDataDirectory(string prefix)
    {
        string first = WriteBlock(1, Start);
        string elsewhere = Path.Combine(_directory, "elsewhere");
        string[] bucket = ["--storage.object-store.directory", elsewhere, .. prefix.Length == 0 ? (string[])[] : ["--storage.object-store.prefix", prefix]];

        Run(["block", "import", Source, .. bucket]).ShouldBe(0);
        Run(["block", "import", Source, .. bucket]).ShouldBe(0);
        Run(["block", "verify", .. bucket]).ShouldBe(0);
        Run(["block", "export", Target, .. bucket]).ShouldBe(0);

        Lines(Exported.ShouldHaveSingleItem()).ShouldBe(Lines(first));
        Directory.Exists(Path.Combine(elsewhere, prefix, "anonymous")).ShouldBeTrue();
        _output.ToString().ShouldContain("0 blocks with 0 samples imported for tenant anonymous, 1 blocks were there");
        _output.ToString().ShouldContain("1 blocks read, 0 damaged");
        _errors.ToString().ShouldBeEmpty();
    }

    [Fact]
    public void Export_WithABucketElsewhere_HasWhatTheDataDirectoryHoldsBesides()
    {
        string first = WriteBlock(1, Start);
        string elsewhere = Path.Combine(_directory, "elsewhere");
        Run("block", "import", Source, "--data-dir", Data, "--storage.object-store.directory", elsewhere).ShouldBe(0);

        Run("block", "export", Target, "--data-dir", Data, "--storage.object-store.directory", elsewhere).ShouldBe(0);

        Lines(Exported.ShouldHaveSingleItem()).ShouldBe(Lines(first));
        Directory.Exists(Path.Combine(Data, "bucket")).ShouldBeFalse();
    }

    [Fact]
    public void Import_IntoABucketThatAServerUses_IsRefused()
    {
        WriteBlock(1, Start);
        string elsewhere = Path.Combine(_directory, "elsewhere");
        using IDisposable held = FileSystemBucket.Hold(elsewhere);

        Run("block", "import", Source, "--storage.object-store.directory", elsewhere).ShouldBe(1);

        _errors.ToString().ShouldContain($"the bucket in {elsewhere} cannot be used, or another process is using it");
    }

    [Fact]
    public async Task Import_BrokenOff_GoesOnWhereItWas()
    {
        List<string> lines = [];
        for (ulong i = 0; i < 4; i++)
        {
            lines.AddRange(Lines(WriteBlock(i + 1, Start + ((long)i * 2 * Hour))));
        }

        using var stop = new CancellationTokenSource();
        using var output = new StoppingWriter(stop);
        await Should.ThrowAsync<OperationCanceledException>(() => ToolCommands.Create(output, _errors).Parse(["block", "import", Source, "--data-dir", Data]).InvokeAsync(
            new System.CommandLine.InvocationConfiguration { EnableDefaultExceptionHandler = false }, stop.Token));

        Run("block", "import", Source, "--data-dir", Data).ShouldBe(0);

        _output.ToString().ShouldContain("3 blocks with 30 samples imported for tenant anonymous, 1 blocks were there, 0 could not be imported");
        Run("block", "export", Target, "--data-dir", Data).ShouldBe(0);
        Exported.OrderBy(static block => PrometheusBlock.ReadMeta(block).Range.Start).SelectMany(Lines).ShouldBe(lines);
    }

    [Fact]
    public void Import_OfBlocksThatOverlap_HasEachSampleOnce()
    {
        string first = WriteBlock(1, Start);
        string second = WriteBlock(2, Start, shift: 5 * 15_000);

        Run("block", "import", Source, "--data-dir", Data).ShouldBe(0);
        Run("block", "export", Target, "--data-dir", Data).ShouldBe(0);

        Lines(Exported.ShouldHaveSingleItem()).Select(static line => line.Split(' ')[2])
            .ShouldBe([.. Enumerable.Range(0, 15).Select(static i => (Start + (i * 15_000)).ToString(System.Globalization.CultureInfo.InvariantCulture))]);
        Lines(first).Concat(Lines(second)).Count().ShouldBe(20);
    }

    [Theory]
    [InlineData("chunks/000001")]
    [InlineData("index")]
    [InlineData("meta.json")]
    [InlineData("tombstones")]
    public void Import_BlockCutOff_IsNamedAndTheOthersGoOn(string file)
    {
        string cut = WriteBlock(1, Start);
        WriteBlock(2, Start + (2 * Hour));
        string path = Path.Combine(cut, file);
        File.Exists(path).ShouldBeTrue();
        using (FileStream stream = File.OpenWrite(path))
        {
            stream.SetLength(stream.Length / 2);
        }

        Run("block", "import", Source, "--data-dir", Data).ShouldBe(1);

        _output.ToString().ShouldContain($"{cut}: NOT IMPORTED: {path}");
        _output.ToString().ShouldContain("1 blocks with 10 samples imported for tenant anonymous, 0 blocks were there, 1 could not be imported");
        Run("block", "verify", "--data-dir", Data).ShouldBe(0);
    }

    [Fact]
    public async Task Import_UnderADeletionThatIsNotOver_IsRefusedUntilItIs()
    {
        WriteBlock(1, Start);
        WriteBlock(2, Start + (2 * Hour));
        var jobs = new DeletionJobStore(new FileSystemBucket(LocalFileSystem.Instance, Path.Combine(Data, "bucket")));
        var job = new DeletionJob
        {
            Id = BlockId.New(TimeProvider.System, new Random(1)).ToString(),
            Tenant = TenantId.Anonymous,
            Selectors = [[new LabelMatcher(MatchType.Equal, "job", "a")]],
            Range = new(Start + Hour, Start + Hour + 1),
            CreatedAtMs = Start + (9 * Hour),
        };
        await jobs.SaveAsync(job, CancellationToken.None);

        Run("block", "import", Source, "--data-dir", Data).ShouldBe(1);

        _output.ToString().ShouldContain($"NOT IMPORTED: deletion {job.Id} covers times");
        _output.ToString().ShouldContain("1 blocks with 10 samples imported for tenant anonymous, 0 blocks were there, 1 could not be imported");
        await jobs.SaveAsync(job with { State = DeletionState.Done, FinishedAtMs = Start + (10 * Hour) }, CancellationToken.None);
        Run("block", "import", Source, "--data-dir", Data).ShouldBe(0);
    }

    [Fact]
    public void Import_Repeated_AddsNothing()
    {
        WriteBlock(1, Start);
        Run("block", "import", Source, "--data-dir", Data).ShouldBe(0);
        string[] before = Files(Data);

        Run("block", "import", Source, "--data-dir", Data).ShouldBe(0);

        Files(Data).ShouldBe(before);
        _output.ToString().ShouldContain("0 blocks with 0 samples imported for tenant anonymous, 1 blocks were there");
    }

    [Fact]
    public void Import_DamagedBlock_IsNamedAndTheOthersGoOn()
    {
        string damaged = WriteBlock(1, Start);
        WriteBlock(2, Start + (2 * Hour));
        string chunks = Path.Combine(damaged, "chunks", "000001");
        byte[] bytes = File.ReadAllBytes(chunks);
        bytes[20] ^= 1;
        File.WriteAllBytes(chunks, bytes);
        Directory.CreateDirectory(Path.Combine(Source, "01HF84E400C9P2G0KZHVWXTCXA")); // without meta.json

        Run("block", "import", Source, "--data-dir", Data).ShouldBe(1);

        _output.ToString().ShouldContain($"{damaged}: NOT IMPORTED: {chunks} is corrupt at offset 8");
        _output.ToString().ShouldContain("01HF84E400C9P2G0KZHVWXTCXA: NOT IMPORTED");
        _output.ToString().ShouldContain("1 blocks with 10 samples imported for tenant anonymous, 0 blocks were there, 2 could not be imported");
    }

    [Theory]
    [InlineData("block", "import")]
    [InlineData("block", "export")]
    [InlineData("import", "openmetrics")]
    public void AnyTransfer_WhileAServerRuns_IsRefused(string command, string verb)
    {
        WriteBlock(1, Start);
        using DataDirectoryLock held = DataDirectoryLock.Acquire(Data);

        Run(command, verb, Source, "--data-dir", Data).ShouldBe(1);

        _errors.ToString().ShouldContain($"data directory {Data} is in use by process {Environment.ProcessId}");
    }

    [Fact]
    public void Export_CustomBuckets_AreNamedFor242_AndWrittenFor3()
    {
        WriteBlock(1, Start, new NativeHistogram
        {
            Schema = NativeHistogram.CustomBucketsSchema,
            IntegerCount = 3,
            PositiveSpans = [new(0, 1)],
            PositiveDeltas = [3],
            CustomValues = [1.5],
        });
        Run("block", "import", Source, "--data-dir", Data).ShouldBe(0);

        Run("block", "export", Target, "--data-dir", Data).ShouldBe(1);

        _output.ToString().ShouldContain("""NOT EXPORTED: {__name__="h"}: 1 histograms with custom buckets, which Prometheus 2.42 does not know""");
        Lines(Exported.ShouldHaveSingleItem()).Count.ShouldBe(10);
        Run("block", "export", Target, "--data-dir", Data, "--compat", "3.x").ShouldBe(0);
        Lines(Exported.ShouldHaveSingleItem()).Count.ShouldBe(11); // the same block, written again
    }

    [Fact]
    public void Export_Times_AreKept()
    {
        WriteBlock(1, Start);
        WriteBlock(2, Start + (2 * Hour));
        Run("block", "import", Source, "--data-dir", Data).ShouldBe(0);

        Run("block", "export", Target, "--data-dir", Data, "--min-time", "1699999230", "--max-time", "1699999245").ShouldBe(0);

        Lines(Exported.ShouldHaveSingleItem()).Count.ShouldBe(2);
    }

    [Fact]
    public void OpenMetrics_ImportTwice_ThenExport_GivesItsSamplesOnce()
    {
        string text = Path.Combine(_directory, "text");
        File.WriteAllText(text, "# TYPE a gauge\na{x=\"1\"} 5 1700000000\na{x=\"1\"} 6 1700100000\nb 7 1700000000.001\na{x=\"1\"} 5.5 1700000000.5\n# EOF\n");

        Run("import", "openmetrics", text, "--data-dir", Data, "--tenant", "t").ShouldBe(0);
        Run("import", "openmetrics", text, "--data-dir", Data, "--tenant", "t").ShouldBe(0);
        Run("block", "export", Target, "--data-dir", Data, "--tenant", "t", "--block-hours", "48").ShouldBe(0);

        Exported.SelectMany(Lines).Order(StringComparer.Ordinal).ShouldBe(
        [
            """{__name__="a", x="1"} 1700000000000 5""", """{__name__="a", x="1"} 1700000000500 5.5""", """{__name__="a", x="1"} 1700100000000 6""",
            """{__name__="b"} 1700000000001 7""",
        ]);
        _output.ToString().ShouldContain("0 blocks with 0 samples imported for tenant t, 2 blocks were there");
    }

    [Theory]
    [InlineData("a 1 1700000000\n", "line 1: the text does not end with # EOF")]
    [InlineData("a 1 1700000000\na 1\n# EOF\n", "line 2: the sample has no time")]
    [InlineData("a 1 1700000000\na{x=\"1\",x=\"2\"} 1 1\n# EOF\n", "line 2: ")]
    [InlineData("a 1 1700000000\na one 1\n# EOF", "line 2: one is no number")]
    public void OpenMetrics_BadText_IsNamedAndNothingImported(string content, string fault)
    {
        string text = Path.Combine(_directory, "text");
        File.WriteAllText(text, content);

        Run("import", "openmetrics", text, "--data-dir", Data).ShouldBe(1);

        _errors.ToString().ShouldContain($"{text}, {fault}");
        Directory.EnumerateDirectories(Path.Combine(Data, "bucket")).Where(static folder => !folder.EndsWith("being written", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private string WriteBlock(ulong id, long start, NativeHistogram? histogram = null, long shift = 0)
    {
        using PrometheusBlockWriter writer = PrometheusBlockWriter.Create(LocalFileSystem.Instance, Source, new BlockId(1UL << 40, id), new(start, start + (2 * Hour)));
        var samples = new SampleBuffer();
        if (histogram is not null)
        {
            samples.AddHistogram(start + 5, 0, HistogramPayload.Encode(histogram));
            writer.AddSeries(LabelSet.From("__name__", "h"), samples);
            samples.Clear();
        }

        for (int i = 0; i < 10; i++)
        {
            samples.Add(start + shift + (i * 15_000), i == 9 ? SampleBits.StaleMarker : BitConverter.DoubleToInt64Bits(i));
        }

        writer.AddSeries(LabelSet.From("__name__", "up", "job", "a"), samples);
        return Path.Combine(Source, writer.Finish()!.Id.ToString());
    }

    private static List<string> Lines(string directory)
    {
        using PrometheusBlock block = PrometheusBlock.Open(directory);
        using PrometheusSeriesCursor cursor = block.OpenCursor(QueryRange.All);
        var lines = new List<string>();
        while (cursor.MoveNext())
        {
            for (int i = 0; i < cursor.Samples.Count; i++)
            {
                lines.Add(FormattableString.Invariant(
                    $"{cursor.Labels} {cursor.Samples.Timestamps[i]} {BitConverter.Int64BitsToDouble(cursor.Samples.ValueBits[i])}"));
            }

            foreach (HistogramSample sample in cursor.Samples.Histograms)
            {
                lines.Add($"{cursor.Labels} {sample.TimestampMs} {Convert.ToHexStringLower(cursor.Samples.Payload(sample))}");
            }
        }

        return lines;
    }

    private static string[] Files(string directory) =>
        [.. Directory.EnumerateFiles(directory, "*", SearchOption.AllDirectories).Where(static file => !file.EndsWith("bucket-index.json", StringComparison.Ordinal)).Order()];

    private int Run(params string[] arguments) => ToolCommands.Create(_output, _errors).Parse(arguments).Invoke();

    /// <summary>Stops the work when it has told of a block.</summary>
    private sealed class StoppingWriter(CancellationTokenSource stop) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            stop.Cancel();
        }
    }
}
