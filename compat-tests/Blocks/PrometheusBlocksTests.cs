using System.Globalization;
using System.Text;
using System.Text.Json;
using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.CompatTests.Http;
using RemoteStore.CompatTests.Peers;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Exporting;
using RemoteStore.PrometheusBlocks.Format;
using RemoteStore.PrometheusBlocks.Importing;
using RemoteStore.PrometheusBlocks.Reading;
using RemoteStore.PrometheusBlocks.Writing;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing;
using Shouldly;

namespace RemoteStore.CompatTests.Blocks;

/// <summary>Blocks of Prometheus through ours and back: Prometheus' own tools print the same before and after.</summary>
public sealed class PrometheusBlocksTests : IDisposable
{
    private const long StartMs = 1_700_006_400_000;
    private const long LengthMs = 7_200_000;
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-blocks-").FullName;

    private string Source => Path.Combine(_directory, "source");

    private string Target => Path.Combine(_directory, "target");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [PeerFact("promtool")]
    public async Task PromtoolsBlocks_ImportedAndExported_DumpTheSame()
    {
        string text = Path.Combine(_directory, "text");
        await File.WriteAllTextAsync(text, OpenMetrics());
        (await Promtool.RunAsync(["tsdb", "create-blocks-from", "openmetrics", text, Source], s_none)).ExitCode.ShouldBe(0);

        await CopyAsync();

        string dump = await DumpAsync(Source);
        dump.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(5 * 1200);
        (await DumpAsync(Target)).ShouldBe(dump);
        foreach (string command in (string[])["list", "analyze"])
        {
            (await Promtool.RunAsync(["tsdb", command, Target], s_none)).ExitCode.ShouldBe(0, command);
        }
    }

    [PeerFact("promtool", "prometheus")]
    public async Task Histograms_ImportedAndExported_DumpTheSame_AndPrometheusServesThem()
    {
        int samples = WriteHistograms();

        await CopyAsync();

        (await DumpAsync(Target)).ShouldBe(await DumpAsync(Source)); // 2.42 leaves out some histograms of each series, the same ones
        List<string> bits = Bits(Source);
        bits.Count.ShouldBe(samples);
        Bits(Target).ShouldBe(bits);
        await using PeerProcess prometheus = await ServeAsync(Target, out Uri url);
        using var http = new HttpClient();
        using JsonDocument series = JsonDocument.Parse(await http.GetStringAsync(
            new Uri(url, $"api/v1/series?match[]={Uri.EscapeDataString("{__name__=~\"h.+\"}")}&start={StartMs / 1000}&end={(StartMs + LengthMs) / 1000}"), s_none));
        series.RootElement.GetProperty("data").GetArrayLength().ShouldBe(20);
    }

    private static string OpenMetrics()
    {
        var random = new Random(7);
        var text = new StringBuilder();
        for (int series = 0; series < 5; series++)
        {
            for (int i = 0; i < 1200; i++)
            {
                string value = random.Next(50) == 0 ? "NaN" : (random.NextDouble() * 1000).ToString("R", CultureInfo.InvariantCulture);
                text.Append(CultureInfo.InvariantCulture, $"metric{{instance=\"host-{series}\"}} {value} {(StartMs / 1000) + (i * 15)}.{random.Next(1000):000}\n");
            }
        }

        return text.Append("# EOF\n").ToString();
    }

    /// <summary>Twenty series of runs of histograms with exponential buckets, which Prometheus 2.42 knows.</summary>
    private int WriteHistograms()
    {
        NativeHistogram[][] runs = HistogramGen.Run.Where(static run => run.All(static h => !h.HasCustomBuckets)).Array[20].Single();
        using PrometheusBlockWriter writer = PrometheusBlockWriter.Create(LocalFileSystem.Instance, Source, new BlockId(1UL << 40, 1), new(StartMs, StartMs + LengthMs));
        int count = 0;
        for (int s = 0; s < runs.Length; s++)
        {
            var samples = new SampleBuffer();
            for (int i = 0; i < runs[s].Length; i++, count++)
            {
                samples.AddHistogram(StartMs + (i * 15_000), 0, HistogramPayload.Encode(runs[s][i]));
            }

            writer.AddSeries(LabelSet.From("__name__", "h" + (char)('a' + s)), samples);
        }

        writer.Finish().ShouldNotBeNull();
        return count;
    }

    /// <summary>Makes blocks of ours of all source blocks, and blocks of Prometheus of these.</summary>
    private async Task CopyAsync()
    {
        using var cache = new BlockSectionCache();
        var report = new ExportReport();
        foreach (string folder in Directory.EnumerateDirectories(Source).Where(static folder => BlockId.TryParse(Path.GetFileName(folder), out _)))
        {
            using PrometheusBlock block = PrometheusBlock.Open(folder);
            ImportPiece piece = ImportPlan.Of(block.Meta).ShouldHaveSingleItem();
            ImportedBlock ours = new BlockImporter(LocalFileSystem.Instance)
                .Write(block, piece, TenantId.Anonymous, Path.Combine(_directory, "ours"), null, s_none).ShouldNotBeNull();
            using BlockReader reader = await BlockReader.OpenAsync(new LocalBlockSource(ours.Directory), cache, s_none);
            await using IQuerier querier = reader.OpenQuerier(QueryRange.All);
            PrometheusBlockMeta? meta = await new BlockExporter(LocalFileSystem.Instance, ExportTarget.Prometheus242).WriteAsync(
                querier, BlockRange.Containing(block.Meta.Range.Start, LengthMs), QueryRange.All, SeriesDeletions.None, TenantId.Anonymous, Target, report, s_none);
            meta.ShouldNotBeNull().Samples.ShouldBe(block.Meta.Samples);
        }

        report.HistogramsLeftOut.ShouldBe(0);
    }

    /// <summary>Every histogram of the one block of a folder, to the bit.</summary>
    private static List<string> Bits(string directory)
    {
        using PrometheusBlock block = PrometheusBlock.Open(
            Directory.EnumerateDirectories(directory).Single(static folder => BlockId.TryParse(Path.GetFileName(folder), out _)));
        using PrometheusSeriesCursor cursor = block.OpenCursor(QueryRange.All);
        var lines = new List<string>();
        while (cursor.MoveNext())
        {
            foreach (HistogramSample sample in cursor.Samples.Histograms)
            {
                lines.Add($"{cursor.Labels} {sample.TimestampMs} {Convert.ToHexStringLower(cursor.Samples.Payload(sample))}");
            }
        }

        return lines;
    }

    private static async Task<string> DumpAsync(string directory)
    {
        Directory.CreateDirectory(Path.Combine(directory, "wal")); // promtool asks for one
        (int exitCode, string output) = await Promtool.RunAsync(["tsdb", "dump", directory], s_none);
        exitCode.ShouldBe(0, output);
        return output;
    }

    private Task<PeerProcess> ServeAsync(string data, out Uri url)
    {
        int port = FreePorts.Next();
        url = new Uri($"http://127.0.0.1:{port}/");
        string config = Path.Combine(_directory, "prometheus.yml");
        File.WriteAllText(config, "global: {}\n");
        return PeerProcess.StartAsync(
            "prometheus",
            [
                $"--config.file={config}", $"--storage.tsdb.path={data}", "--storage.tsdb.retention.time=100y", $"--web.listen-address=127.0.0.1:{port}",
                "--enable-feature=native-histograms",
            ],
            new Uri(url, "-/ready"),
            s_none);
    }
}
