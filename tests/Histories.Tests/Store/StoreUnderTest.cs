using Microsoft.Extensions.Time.Testing;
using RemoteStore.ObjectStore.Buckets;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Administration;
using RemoteStore.Storage.Appending;
using RemoteStore.Storage.Querying;
using RemoteStore.Telemetry;
using RemoteStore.Testing;
using RemoteStore.Testing.Buckets;
using RemoteStore.Testing.LongTerm;
using RemoteStore.Tsdb;
using Fault = RemoteStore.Histories.Tests.Faults.Fault;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.Histories.Tests.Store;

/// <summary>A store over a folder in memory, with a bucket behind it or not, and a clock of its own, that does nothing by itself.</summary>
internal sealed class StoreUnderTest : IAsyncDisposable
{
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(3);
    public static readonly TimeSpan MaxFuture = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan BlockRange = TimeSpan.FromMinutes(5);

    private readonly string _root;
    private readonly TimeSpan _retention;
    private readonly Fault _fault;
    private readonly MemoryBucket? _bucket;
    private readonly Random _random = new(7);
    private TimeSeriesDatabase _store = null!;
    private MetricsRegistry _metrics = new();
    private int _generation;
    private double _evicted;

    private StoreUnderTest(string root, TimeSpan retention, bool hasBucket, Fault fault)
    {
        _bucket = hasBucket ? new MemoryBucket(Time) : null;
        _root = root;
        _retention = retention;
        _fault = fault;
        Directory = Path.Combine(root, "0");
    }

    public string Directory { get; private set; }

    public ScratchFileSystem Files { get; } = new(LocalFileSystem.Instance);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero));

    public LossLog Losses { get; } = new();

    /// <summary>How the bucket answers.</summary>
    public BucketWeather Weather { get; } = new();

    /// <summary>What is done with the bucket; null when there is none.</summary>
    public LongTermStore? LongTerm { get; private set; }

    public IAppender Appender { get; private set; } = null!;

    public IQueryable Queryable { get; private set; } = null!;

    /// <summary>Tells when answers do not hold any more.</summary>
    public IWriteVersions Versions { get; private set; } = null!;

    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Oldest time that retention leaves.</summary>
    public long FloorMs => _retention > TimeSpan.Zero ? NowMs - (long)_retention.TotalMilliseconds : long.MinValue;

    public static async Task<StoreUnderTest> StartAsync(TimeSpan retention, bool hasBucket, Fault fault)
    {
        string parent = System.IO.Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        string root = Path.Combine(parent, "remotestore-history-" + Guid.NewGuid().ToString("N"));
        var store = new StoreUnderTest(root, retention, hasBucket, fault);
        await store.OpenAsync();
        return store;
    }

    public Task FlushAsync(bool merge) => _store.FlushAsync(merge, CancellationToken.None).AsTask();

    public Task CutAsync(bool ended) => _store.CutAsync(ended, CancellationToken.None).AsTask();

    public DurabilityReport Durability => _store.GetDurability();

    /// <summary>Stops cleanly, lets something happen to the folder, and starts again.</summary>
    public async Task RestartAsync(Action<string>? meanwhile = null)
    {
        await CloseAsync();
        meanwhile?.Invoke(Directory);
        await OpenAsync();
    }

    /// <summary>Starts on a copy of the folder as it is now.</summary>
    public async Task CrashAsync(Action<string>? meanwhile = null)
    {
        string image = NextFolder();
        DirectoryCopy.Copy(Directory, image);
        await GoToAsync(image, meanwhile);
    }

    /// <summary>Goes on with a copy of the folder that was made before.</summary>
    public async Task GoToAsync(string image, Action<string>? meanwhile = null)
    {
        await CloseAsync();
        Weather.Calm();
        System.IO.Directory.Delete(Directory, recursive: true);
        Directory = image;
        meanwhile?.Invoke(Directory);
        await OpenAsync();
    }

    /// <summary>A folder for a copy.</summary>
    public string NextFolder() => Path.Combine(_root, (++_generation).ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Series that left memory since this was asked last.</summary>
    public double CountEvicted()
    {
        Prometheus.Counter counter = _metrics.Counter("remotestore_tsdb_series_evicted_total", string.Empty, "tenant");
        double evicted = counter.GetAllLabelValues().Sum(labels => counter.WithLabels(labels).Value);
        double since = evicted - _evicted;
        _evicted = evicted;
        return since;
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        System.IO.Directory.Delete(_root, recursive: true);
    }

    private async Task CloseAsync()
    {
        if (LongTerm is not null)
        {
            await LongTerm.DisposeAsync();
        }

        await _store.DisposeAsync();
    }

    private async Task OpenAsync()
    {
        _metrics = new MetricsRegistry();
        _evicted = 0;
        var options = new TsdbOptions
        {
            DataDirectory = Directory,
            BackgroundMerges = false,
            FlushInterval = TimeSpan.FromDays(20),
            FlushRows = 1 << 16,
            OutOfOrderWindow = Window,
            MaxFuture = MaxFuture,
            BlockRange = BlockRange,
            Retention = _retention,
            MinEvictedSeries = 1,
            WalSegmentBytes = 1 << 20,
            MaxExemplars = 10,
        };
        _store = new TimeSeriesDatabase(_fault.Change(options), Files, Failpoints.None, new TsdbMetrics(_metrics), Losses, Time);
        await _store.StartAsync(CancellationToken.None);
        LongTerm = _bucket is null
            ? null
            : new LongTermStore(_store, _fault.Change(new FaultyBucket(_bucket, _ => Weather.Next())), Directory, Files, _retention, _metrics, _random, Time);
        Appender = _fault.Change(LongTerm?.Appender ?? _store);
        Queryable = _fault.Change(LongTerm?.Queryable ?? _store);
        Versions = LongTerm?.Versions ?? _store;
    }
}
