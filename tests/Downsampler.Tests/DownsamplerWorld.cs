using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Reading;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Windows;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Layout;
using RemoteStore.BlockStore.Reading;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;
using RemoteStore.Telemetry;
using Shouldly;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Downsampler.Tests;

/// <summary>A bucket with blocks of samples, a twin of these, a clock, and downsamplers that come and go.</summary>
internal sealed class DownsamplerWorld : IDisposable
{
    public const long HourMs = 3_600_000;
    public const long DayMs = 24 * HourMs;
    public const long StartMs = 19_000 * DayMs;

    private readonly Random _random;
    private readonly string _directory = Directory.CreateTempSubdirectory("downsampler-").FullName;
    private readonly Dictionary<TenantId, SortedDictionary<LabelSet, SampleBuffer>> _samples = [];

    public DownsamplerWorld(int seed)
    {
        _random = new Random(seed);
        Time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(StartMs + (30 * DayMs)));
        Bucket = new MemoryBucket(Time);
    }

    public static TenantId Tenant { get; } = TenantId.Parse("team-a");

    public static TenantId Other { get; } = TenantId.Parse("team-b");

    public FakeTimeProvider Time { get; }

    public MemoryBucket Bucket { get; }

    /// <summary>A day begins here: the clock stands at midnight until it is moved.</summary>
    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public MetricsRegistry Metrics { get; } = new();

    public string WorkDirectory => Path.Combine(_directory, "work");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>A downsampler as a new process would have it.</summary>
    public DownsamplerService Start(
        Failpoints? failpoints = null, IPendingDeletions? deletions = null, Action? published = null, IBucket? bucket = null) => new(
        new DownsamplerContext
        {
            Options = new DownsamplerOptions { WorkDirectory = WorkDirectory },
            Bucket = bucket ?? Bucket,
            Files = LocalFileSystem.Instance,
            Failpoints = failpoints ?? Failpoints.None,
            Metrics = new DownsamplerMetrics(Metrics),
            Logger = NullLogger.Instance,
            Time = Time,
            Random = _random,
            Deletions = deletions,
        },
        published);

    /// <summary>A round of a new process, behind which the bucket index is updated.</summary>
    public async Task<int> RoundAsync()
    {
        await using DownsamplerService downsampler = Start();
        int made = await downsampler.RunRoundAsync(CancellationToken.None);
        _ = await UpdateIndexAsync(Tenant);
        return made;
    }

    /// <summary>Uploads a block of samples of a range and lists it.</summary>
    public async Task<BlockMeta> UploadAsync(long startMs, long lengthMs = DayMs, TenantId? tenant = null, long intervalMs = 30_000)
    {
        TenantId whose = tenant ?? Tenant;
        BlockRange range = BlockRange.Containing(startMs, lengthMs);
        SortedDictionary<LabelSet, SampleBuffer> samples = Samples(range, intervalMs);
        var options = new BlockWriterOptions { Id = BlockId.New(Time, _random), Tenant = whose, Range = range, Sources = ["00000001"], SeriesAreSorted = true };
        string directory = Path.Combine(_directory, "local", whose.Name, options.Id.ToString());
        using (BlockWriter writer = BlockWriter.Create(LocalFileSystem.Instance, directory, options))
        {
            foreach ((LabelSet labels, SampleBuffer series) in samples)
            {
                writer.AddSeries(labels.Bytes, series);
                if (!All(whose).TryGetValue(labels, out SampleBuffer? all))
                {
                    All(whose)[labels] = all = new SampleBuffer();
                }

                all.Add(series.Timestamps, series.ValueBits, []);
            }

            _ = writer.Finish(CancellationToken.None);
        }

        BlockMeta meta = await new BlockUploader(Bucket, Failpoints.None).UploadAsync(directory, CancellationToken.None);
        _ = await UpdateIndexAsync(whose);
        return meta;
    }

    /// <summary>Lists the bucket and writes the index.</summary>
    public async Task<BucketIndex> UpdateIndexAsync(TenantId tenant) =>
        (await new BucketIndexStore(Bucket, Time).UpdateAsync(tenant, null, CancellationToken.None)).Index;

    /// <summary>Readable blocks of a resolution that no other supersedes.</summary>
    public async Task<BlockMeta[]> BlocksAsync(long resolutionMs, TenantId? tenant = null)
    {
        BlockMeta[] readable = [.. (await UpdateIndexAsync(tenant ?? Tenant)).Readable.Select(static block => block.Meta)];
        return [.. readable.Where(block => block.ResolutionMs == resolutionMs && !readable.Any(other => other.Supersedes(block)))];
    }

    /// <summary>Fails unless the windows in the bucket are those of the twin's samples; a window that is cut by the end of a block counts as one.</summary>
    public async Task CheckAsync(long resolutionMs, Func<LabelSet, bool>? without = null)
    {
        Dictionary<string, WindowAggregate[]> actual = await ReadAsync(resolutionMs);
        var aggregator = new WindowAggregator(resolutionMs);
        var expected = new Dictionary<string, WindowAggregate[]>();
        foreach ((LabelSet labels, SampleBuffer samples) in All(Tenant).Where(series => without is null || !without(series.Key)))
        {
            var windows = new SampleBuffer();
            samples.SortAndDeduplicate(0, 0);
            aggregator.Aggregate(samples, windows);
            expected[labels.ToString()] = [.. windows.Windows];
        }

        actual.Keys.Order().ShouldBe(expected.Keys.Order());
        foreach ((string labels, WindowAggregate[] windows) in expected)
        {
            actual[labels].ShouldBe(windows, labels); // whole numbers: sums are exact
        }
    }

    /// <summary>Removes a block as its retention would, and lists the bucket.</summary>
    public async Task RemoveAsync(BlockMeta meta)
    {
        foreach (BlockFile file in Enum.GetValues<BlockFile>())
        {
            await Bucket.DeleteAsync(BucketLayout.File(meta.Tenant, meta.Id, file), CancellationToken.None);
        }

        _ = await UpdateIndexAsync(meta.Tenant);
    }

    /// <summary>Damages an object: one bit of its middle.</summary>
    public async Task DamageAsync(string key)
    {
        byte[] bytes = await Bucket.ReadAllAsync(key, int.MaxValue, CancellationToken.None);
        bytes[bytes.Length / 2] ^= 1;
        await Bucket.WriteAsync(key, new MemoryContent(bytes), WriteMode.Replace, CancellationToken.None);
    }

    /// <summary>Takes the second half of an object away.</summary>
    public async Task CutAsync(string key)
    {
        byte[] bytes = await Bucket.ReadAllAsync(key, int.MaxValue, CancellationToken.None);
        await Bucket.WriteAsync(key, new MemoryContent(bytes.AsMemory(0, bytes.Length / 2)), WriteMode.Replace, CancellationToken.None);
    }

    /// <summary>Value of a metric without labels.</summary>
    public async Task<double> MetricAsync(string name)
    {
        using var text = new MemoryStream();
        await Metrics.WriteTextAsync(text, CancellationToken.None);
        string line = System.Text.Encoding.UTF8.GetString(text.ToArray()).Split('\n').First(line => line.StartsWith(name + " ", StringComparison.Ordinal));
        return double.Parse(line[(name.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    private SortedDictionary<LabelSet, SampleBuffer> All(TenantId tenant)
    {
        if (!_samples.TryGetValue(tenant, out SortedDictionary<LabelSet, SampleBuffer>? all))
        {
            _samples[tenant] = all = [];
        }

        return all;
    }

    private async Task<Dictionary<string, WindowAggregate[]>> ReadAsync(long resolutionMs)
    {
        var all = new Dictionary<string, SampleBuffer>();
        using var cache = new BlockSectionCache();
        foreach (BlockMeta meta in await BlocksAsync(resolutionMs))
        {
            using BlockReader block = await BlockReader.OpenAsync(new BucketBlockSource(Bucket, meta.Tenant, meta.Id, meta), cache, CancellationToken.None);
            await using IQuerier querier = block.OpenQuerier(QueryRange.All);
            await using ISeriesSet set = await querier.SelectAsync(
                true, new SelectHints(QueryRange.All) { AcceptsWindows = true }, [new LabelMatcher(MatchType.Regexp, "__name__", ".*")], CancellationToken.None);
            while (await set.MoveNextAsync(CancellationToken.None))
            {
                for (int i = 0; i < set.Current.Count; i++)
                {
                    string labels = set.Current.Labels(i).ToString();
                    all.TryAdd(labels, new SampleBuffer());
                    set.Current.CopySamples(i, all[labels]);
                }
            }
        }

        foreach (SampleBuffer windows in all.Values)
        {
            windows.SortAndDeduplicate(default(SampleMark));
        }

        return all.ToDictionary(static series => series.Key, static series => series.Value.Windows.ToArray());
    }

    private SortedDictionary<LabelSet, SampleBuffer> Samples(BlockRange range, long intervalMs)
    {
        var all = new SortedDictionary<LabelSet, SampleBuffer>();
        for (int s = 0; s < 5; s++)
        {
            var samples = new SampleBuffer();
            double value = _random.Next(1000);
            long time = range.Start + (s == 0 ? 0 : _random.NextInt64(intervalMs)); // the first series has samples at the very ends of windows and blocks
            for (; time < range.End; time += intervalMs * (_random.Next(50) == 0 ? _random.Next(1, 100) : 1))
            {
                value = _random.Next(100) == 0 ? 0 : value + _random.Next(20) - (s % 2 == 0 ? 0 : 8);
                samples.Add(time, BitConverter.DoubleToInt64Bits(value));
            }

            all[LabelSet.From("__name__", "metric", "series", s.ToString(System.Globalization.CultureInfo.InvariantCulture))] = samples;
        }

        return all;
    }
}
