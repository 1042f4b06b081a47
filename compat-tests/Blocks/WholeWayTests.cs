using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.Blocks.Format;
using RemoteStore.BlockStore;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.Compactor;
using RemoteStore.CompatTests.Http;
using RemoteStore.CompatTests.Peers;
using RemoteStore.Downsampler;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Model.Samples;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.PrometheusBlocks.Reading;
using RemoteStore.Storage.Querying;
using RemoteStore.Telemetry;
using RemoteStore.Testing;
using RemoteStore.Tool.Commands;
using Shouldly;

namespace RemoteStore.CompatTests.Blocks;

/// <summary>Blocks that a real Prometheus cut itself, through import, compaction, downsampling and export, come back as they were.</summary>
public sealed class WholeWayTests : IDisposable
{
    private const int StepMs = 15_000;
    private const int Steps = 5 * 240; // five hours
    private const int StepsPerRequest = 60;

    private readonly string _directory = Directory.CreateTempSubdirectory("remotestore-way-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [PeerFact("prometheus", "promtool")]
    public async Task BlocksOfPrometheus_ImportedCompactedDownsampledAndExported_AreTheSame()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        string snapshot = await CutByPrometheusAsync(timeout.Token);
        string data = Path.Combine(_directory, "store");
        string target = Path.Combine(_directory, "target");
        Directory.CreateDirectory(data);
        await RunToolAsync(["block", "import", snapshot, "--data-dir", data], timeout.Token);
        IReadOnlyList<BlockMeta> blocks = await KeepHouseAsync(data, timeout.Token);
        await RunToolAsync(["block", "export", target, "--data-dir", data], timeout.Token);

        blocks.ShouldContain(static block => block.ResolutionMs == 0 && block.Level > 1, "blocks were joined");
        blocks.ShouldContain(static block => block.ResolutionMs == 300_000);
        blocks.ShouldContain(static block => block.ResolutionMs == 3_600_000);
        SortedSet<string> bits = Bits(snapshot);
        bits.Count.ShouldBeGreaterThan(11 * Steps);
        Bits(target).ShouldBe(bits);
        Directory.CreateDirectory(Path.Combine(snapshot, "wal")); // promtool asks for one
        string dump = await DumpAsync(snapshot, timeout.Token);
        dump.Split('\n').Length.ShouldBeGreaterThan(7 * Steps);
        (await DumpAsync(target, timeout.Token)).ShouldBe(dump);
    }

    /// <summary>Writes five hours to a Prometheus and has it make blocks of them.</summary>
    /// <returns>Folder of the blocks.</returns>
    private async Task<string> CutByPrometheusAsync(CancellationToken cancellationToken)
    {
        string data = Path.Combine(_directory, "prometheus");
        string config = Path.Combine(_directory, "prometheus.yml");
        await File.WriteAllTextAsync(config, "global: {}\n", cancellationToken);
        int port = FreePorts.Next();
        using var client = new StoreClient(new Uri($"http://127.0.0.1:{port}/"));
        await using PeerProcess prometheus = await PeerProcess.StartAsync(
            "prometheus",
            [
                $"--config.file={config}", $"--storage.tsdb.path={data}", "--storage.tsdb.retention.time=100y", $"--web.listen-address=127.0.0.1:{port}",
                "--web.enable-remote-write-receiver", "--web.enable-admin-api", "--enable-feature=native-histograms",
            ],
            new Uri(client.Http.BaseAddress!, "-/ready"),
            cancellationToken);
        long startMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - ((Steps + 20) * StepMs);
        var random = new Random(11);
        for (int first = 0; first < Steps; first += StepsPerRequest)
        {
            using var body = new ByteArrayContent(RemoteWriteEncoder.Compress(RemoteWriteEncoder.EncodeV1(Series(startMs, first, random))));
            body.Headers.ContentType = new("application/x-protobuf");
            body.Headers.ContentEncoding.Add("snappy");
            using HttpResponseMessage answer = await client.Http.PostAsync(new Uri("api/v1/write", UriKind.Relative), body, cancellationToken);
            answer.IsSuccessStatusCode.ShouldBeTrue(await answer.Content.ReadAsStringAsync(cancellationToken));
        }

        using HttpResponseMessage made = await client.Http.PostAsync(new Uri("api/v1/admin/tsdb/snapshot", UriKind.Relative), null, cancellationToken);
        using var document = JsonDocument.Parse(await made.EnsureSuccessStatusCode().Content.ReadAsStringAsync(cancellationToken));
        return Path.Combine(data, "snapshots", document.RootElement.GetProperty("data").GetProperty("name").GetString()!);
    }

    /// <summary>Gauges, counters with resets, NaNs and stale markers; counters of native histograms of integers and of floats.</summary>
    private static IEnumerable<RequestSeries> Series(long startMs, int first, Random random)
    {
        for (int number = 0; number < 8; number++)
        {
            var series = new RequestSeries("__name__", number < 4 ? "gauge" : "counter", "instance", $"host-{number}");
            for (int i = first; i < first + StepsPerRequest; i++)
            {
                double value = number < 4 ? Math.Round(random.NextDouble() * 100, 2) : (i % 500 * (number + 1)) + (random.Next(3) / 4.0);
                long bits = BitConverter.DoubleToInt64Bits(random.Next(90) == 0 ? double.NaN : value);
                series.SampleBits(startMs + ((long)i * StepMs) + number, i % 333 == 200 + number ? SampleBits.StaleMarker : bits);
            }

            yield return series;
        }

        for (int number = 0; number < 4; number++)
        {
            var series = new RequestSeries("__name__", "latency", "instance", $"host-{number}");
            for (int i = first; i < first + StepsPerRequest; i++)
            {
                series.Histogram(startMs + ((long)i * StepMs) + number, i % 333 == 150 + number ? Stale(number % 2 == 1) : Histogram((i % 400) + 1, number % 2 == 1));
            }

            yield return series;
        }
    }

    private static NativeHistogram Histogram(int age, bool isFloat) => new()
    {
        IsFloat = isFloat,
        Schema = 1,
        SumBits = BitConverter.DoubleToInt64Bits(age * 2.5),
        ZeroThreshold = 0.001,
        IntegerCount = isFloat ? 0 : (ulong)(age * 6),
        FloatCount = isFloat ? age * 6 : 0,
        PositiveSpans = [new(0, 2), new(1, 1)],
        PositiveDeltas = isFloat ? [] : [age, age, age],
        PositiveCounts = isFloat ? [age, age * 2, age * 3] : [],
    };

    private static NativeHistogram Stale(bool isFloat) => new() { IsFloat = isFloat, SumBits = SampleBits.StaleMarker };

    /// <summary>Joins and downsamples the blocks of a stopped store, as the server would three weeks later.</summary>
    private static async Task<IReadOnlyList<BlockMeta>> KeepHouseAsync(string data, CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(21));
        var bucket = new FileSystemBucket(LocalFileSystem.Instance, Path.Combine(data, "bucket"));
        var metrics = new MetricsRegistry();
        var blockMetrics = new BlockStoreMetrics(metrics);
        var indexes = new BucketIndexStore(bucket, time);
        using var updater = new BucketIndexUpdater(indexes, new BucketIndexView(indexes, blockMetrics, NullLogger.Instance), blockMetrics, NullLogger.Instance, time);
        await using var compactor = new CompactorService(
            new CompactorContext
            {
                Options = new CompactorOptions { WorkDirectory = Path.Combine(data, "compactor"), DeletionDelay = TimeSpan.Zero },
                Bucket = bucket,
                UpdateIndex = updater.UpdateAsync,
                Files = LocalFileSystem.Instance,
                Metrics = new CompactorMetrics(metrics),
                Logger = NullLogger.Instance,
                Time = time,
                Random = new Random(1),
            },
            new UniformTenantLimits(new TenantLimits()));
        await using var downsampler = new DownsamplerService(
            new DownsamplerContext
            {
                Options = new DownsamplerOptions { WorkDirectory = Path.Combine(data, "downsampler") },
                Bucket = bucket,
                Files = LocalFileSystem.Instance,
                Metrics = new DownsamplerMetrics(metrics),
                Logger = NullLogger.Instance,
                Time = time,
                Random = new Random(2),
            },
            published: null);
        for (int round = 0; round < 3; round++)
        {
            _ = await compactor.RunRoundAsync(cancellationToken);
            _ = await downsampler.RunRoundAsync(cancellationToken);
            time.Advance(TimeSpan.FromHours(4));
        }

        _ = await compactor.RunRoundAsync(cancellationToken);
        return [.. (await updater.UpdateAsync(TenantId.Anonymous, cancellationToken)).Index.Readable.Select(static block => block.Meta)];
    }

    private static async Task RunToolAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var output = new StringWriter();
        var errors = new StringWriter();
        (await ToolCommands.Create(output, errors).Parse(arguments).InvokeAsync(cancellationToken: cancellationToken)).ShouldBe(0, $"{output}{errors}");
    }

    /// <summary>Every sample of all blocks of a folder, to the bit.</summary>
    private static SortedSet<string> Bits(string directory)
    {
        var lines = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string folder in Directory.EnumerateDirectories(directory).Where(static folder => BlockId.TryParse(Path.GetFileName(folder), out _)))
        {
            using PrometheusBlock block = PrometheusBlock.Open(folder);
            using PrometheusSeriesCursor cursor = block.OpenCursor(QueryRange.All);
            while (cursor.MoveNext())
            {
                for (int i = 0; i < cursor.Samples.Count; i++)
                {
                    lines.Add(string.Create(CultureInfo.InvariantCulture, $"{cursor.Labels} {cursor.Samples.Timestamps[i]} {cursor.Samples.ValueBits[i]:x16}"));
                }

                foreach (HistogramSample sample in cursor.Samples.Histograms)
                {
                    lines.Add($"{cursor.Labels} {sample.TimestampMs} {Convert.ToHexStringLower(cursor.Samples.Payload(sample))}");
                }
            }
        }

        return lines;
    }

    private static async Task<string> DumpAsync(string directory, CancellationToken cancellationToken)
    {
        (int exitCode, string output) = await Promtool.RunAsync(["tsdb", "dump", directory], cancellationToken);
        exitCode.ShouldBe(0, output);
        return output;
    }
}
