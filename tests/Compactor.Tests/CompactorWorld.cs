using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Format.Writing;
using RemoteStore.Blocks.Local;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.BlockStore.Uploading;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.ObjectStore;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Telemetry;
using Shouldly;

namespace RemoteStore.Compactor.Tests;

/// <summary>A bucket with blocks of one tenant, a twin of their samples, a clock, and compactors that come and go.</summary>
internal sealed class CompactorWorld : IDisposable
{
    public const long HourMs = 3_600_000;
    public const long StartMs = 2000 * 216 * HourMs; // aligned to the longest level

    private readonly Random _random;
    private readonly string _directory = Directory.CreateTempSubdirectory("compactor-").FullName;

    public CompactorWorld(int seed)
    {
        _random = new Random(seed);
        Time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(StartMs));
        Bucket = new MemoryBucket(Time);
    }

    public static TenantId Tenant { get; } = TenantId.Parse("team-a");

    public FakeTimeProvider Time { get; }

    public MemoryBucket Bucket { get; }

    /// <summary>Every sample of every block that was uploaded.</summary>
    public SampleModel Model { get; } = new();

    public TenantRetention Retention { get; set; } = TenantRetention.Forever;

    /// <summary>What the local store holds.</summary>
    public LocalHoldings Local { get; set; } = LocalHoldings.None;

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    /// <summary>A compactor as a new process would have it.</summary>
    public CompactorService Start(IBucket? bucket = null, Failpoints? failpoints = null)
    {
        BucketIndex? known = null;
        var indexes = new BucketIndexStore(bucket ?? Bucket, Time);
        var context = new CompactorContext
        {
            UpdateIndex = async (tenant, stop) =>
            {
                BucketIndexUpdate update = await indexes.UpdateAsync(tenant, known?.Tenant == tenant ? known : null, stop); // all of it
                known = update.Index;
                return update;
            },
            Deletions = new JobsInBucket(bucket ?? Bucket),
            LocalHoldings = (_, _, _) => ValueTask.FromResult(Local),
            Options = new CompactorOptions { WorkDirectory = Path.Combine(_directory, "work") },
            Bucket = bucket ?? Bucket,
            Files = LocalFileSystem.Instance,
            Failpoints = failpoints ?? Failpoints.None,
            Metrics = new CompactorMetrics(new MetricsRegistry()),
            Logger = NullLogger.Instance,
            Time = Time,
            Random = _random,
        };
        return new CompactorService(context, new UniformTenantLimits(new TenantLimits { Retention = Retention }));
    }

    /// <summary>A round of a new process.</summary>
    public async Task RoundAsync(IBucket? bucket = null, Failpoints? failpoints = null)
    {
        await using CompactorService compactor = Start(bucket, failpoints);
        _ = await compactor.RunRoundAsync(CancellationToken.None);
    }

    /// <summary>Uploads a block of samples of a range; series and times recur, so that blocks of one range have duplicates.</summary>
    public async Task<BlockMeta> UploadAsync(long startMs, long lengthMs = 2 * HourMs, int series = 6, TenantId? tenant = null)
    {
        SampleModel samples = Samples(startMs, lengthMs, series);
        if ((tenant ?? Tenant) == Tenant)
        {
            Model.Add(samples);
        }

        var options = new BlockWriterOptions
        {
            Id = BlockId.New(Time, _random),
            Tenant = tenant ?? Tenant,
            Range = BlockRange.Containing(startMs, Math.Max(lengthMs, 2 * HourMs)),
            Sources = ["00000001"],
        };
        return await UploadAsync(samples, options);
    }

    private async Task<BlockMeta> UploadAsync(SampleModel samples, BlockWriterOptions options)
    {
        string directory = Path.Combine(_directory, "local", options.Tenant.Name, options.Id.ToString());
        using (BlockWriter writer = BlockWriter.Create(LocalFileSystem.Instance, directory, options))
        {
            samples.Write(writer);
            _ = writer.Finish(CancellationToken.None);
        }

        return await new BlockUploader(Bucket, Failpoints.None).UploadAsync(directory, CancellationToken.None);
    }

    /// <summary>Uploads a block that says that it has windows of others; what is in it does not matter here.</summary>
    public Task<BlockMeta> UploadWindowsAsync(long resolutionMs, params BlockMeta[] of) => UploadAsync(
        Samples(of[0].Range.Start, 2 * HourMs, 2),
        new BlockWriterOptions
        {
            Id = BlockId.New(Time, _random),
            Tenant = Tenant,
            Range = BlockRange.Containing(of[0].Range.Start, 24 * HourMs),
            ResolutionMs = resolutionMs,
            Level = 2,
            Sources = [.. of.Select(static block => block.Id.ToString())],
        });

    /// <summary>The index as it stands in the bucket.</summary>
    public async Task<BucketIndex> IndexAsync(TenantId? tenant = null) =>
        (await new BucketIndexStore(Bucket, Time).LoadAsync(tenant ?? Tenant, CancellationToken.None)).ShouldNotBeNull();

    /// <summary>What a new listing would give, without writing it.</summary>
    public async Task<BucketIndex> ListAsync()
    {
        var copy = new MemoryBucket(Time);
        await foreach (ObjectAttributes found in Bucket.ListAsync("", CancellationToken.None))
        {
            await copy.WriteAsync(
                found.Key, new MemoryContent(await Bucket.ReadAllAsync(found.Key, int.MaxValue, CancellationToken.None)), WriteMode.Replace, CancellationToken.None);
        }

        return (await new BucketIndexStore(copy, Time).UpdateAsync(Tenant, null, CancellationToken.None)).Index;
    }

    /// <summary>Fails unless readers of the index see exactly the twin's samples.</summary>
    public async Task CheckAsync(BucketIndex index, string when) =>
        (await SampleModel.ReadAsync(Bucket, index)).Lines().ShouldBe(Model.Lines(), when);

    /// <summary>Damages an object: one bit of its middle.</summary>
    public async Task DamageAsync(string key)
    {
        byte[] bytes = await Bucket.ReadAllAsync(key, int.MaxValue, CancellationToken.None);
        bytes[bytes.Length / 2] ^= 1;
        await Bucket.WriteAsync(key, new MemoryContent(bytes), WriteMode.Replace, CancellationToken.None);
    }

    /// <summary>All keys of the bucket.</summary>
    public async Task<IReadOnlyList<string>> KeysAsync() =>
        await Bucket.ListAsync("", CancellationToken.None).Select(static found => found.Key).ToListAsync();

    private SampleModel Samples(long startMs, long lengthMs, int series)
    {
        var samples = new SampleModel();
        long step = lengthMs / 12;
        for (int s = 0; s < series; s++)
        {
            LabelSet labels = LabelSet.From("__name__", "metric_" + _random.Next(4), "host", "h" + _random.Next(3));
            bool histograms = _random.Next(4) == 0;
            for (int i = _random.Next(3); i < 12; i += _random.Next(1, 4))
            {
                long time = startMs + (i * step);
                if (histograms)
                {
                    samples[labels].AddHistogram(time, 0, [1, 2, (byte)_random.Next(4)]);
                }
                else
                {
                    long bits = _random.Next(8) switch { 0 => SampleBits.StaleMarker, 1 => SampleBits.NormalNaN, var n => BitConverter.DoubleToInt64Bits(n * 1.5) };
                    samples[labels].Add(time, bits, _random.Next(5) == 0 ? startMs : 0);
                }
            }
        }

        return samples;
    }
}
