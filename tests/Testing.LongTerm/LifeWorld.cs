using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Appending;
using RemoteStore.Telemetry;
using RemoteStore.Tsdb;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Testing.LongTerm;

/// <summary>A process with a store and a bucket behind it, a clock that the test moves, and a model of what was acknowledged.</summary>
public sealed class LifeWorld : IAsyncDisposable
{
    /// <summary>How long samples as received are kept.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromHours(60);

    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(20);
    private static readonly LabelSet s_deleted = LabelSet.From("__name__", "deleted", "host", "a");
    private static readonly LabelSet s_histogram = LabelSet.From("__name__", "latency", "host", "a");
    private static readonly LabelSet[] s_floats = [s_deleted, LabelSet.From("__name__", "requests", "host", "a"), LabelSet.From("__name__", "requests", "host", "b")];

    private readonly IBucket _bucket;
    private readonly string _directory;
    private readonly Random _ids = new(7);
    private TimeSeriesDatabase _store = null!;
    private int _number;

    private LifeWorld(IBucket bucket, string directory, DateTimeOffset now)
    {
        _bucket = bucket;
        _directory = directory;
        Time = new FakeTimeProvider(now.Date is var day ? new DateTimeOffset(day, TimeSpan.Zero) : now);
        StartMs = NowMs;
    }

    /// <summary>Whose samples.</summary>
    public static TenantId Tenant { get; } = TenantId.Parse("team-a");

    /// <summary>The clock.</summary>
    public FakeTimeProvider Time { get; }

    /// <summary>When it all began: a midnight.</summary>
    public long StartMs { get; }

    /// <summary>What was acknowledged.</summary>
    public LifeModel Model { get; } = new();

    /// <summary>What is done with the bucket.</summary>
    public LongTermStore LongTerm { get; private set; } = null!;

    /// <summary>The time.</summary>
    public long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Times that retention leaves.</summary>
    public QueryRange Kept => new(NowMs - (long)Retention.TotalMilliseconds, NowMs);

    /// <summary>Local blocks.</summary>
    public int LocalBlocks => _store.LocalBlocks.GetLocalBlocks().Count;

    /// <summary>Starts with nothing.</summary>
    /// <param name="bucket">The bucket, empty.</param>
    /// <param name="directory">An empty folder.</param>
    /// <param name="now">A time on the day on which it begins: that of the clock of the bucket, if it has one of its own.</param>
    public static async Task<LifeWorld> StartAsync(IBucket bucket, string directory, DateTimeOffset now)
    {
        var world = new LifeWorld(bucket, directory, now);
        await world.OpenAsync();
        return world;
    }

    /// <summary>Writes samples of some minutes, each acknowledged, while they pass.</summary>
    public async Task WriteAsync(int minutes)
    {
        for (DateTimeOffset end = Time.GetUtcNow().AddMinutes(minutes); Time.GetUtcNow() < end; Time.Advance(s_interval), _number++)
        {
            long time = NowMs + 5_000;
            var batch = new BatchBuilder();
            byte[] histogram = HistogramPayload.Encode(new NativeHistogram { IntegerCount = (ulong)_number, IntegerZeroCount = (ulong)_number });
            batch.AddHistogram(s_histogram, time, histogram);
            foreach (LabelSet labels in s_floats)
            {
                batch.AddBits(labels, time, Bits(labels));
            }

            AppendResult result = await LongTerm.Appender.AppendAsync(Tenant, batch.Build(), CancellationToken.None);
            if (result.Rejects.Total > 0)
            {
                throw new LifeException($"samples were refused: {string.Join("; ", result.Rejects.Details)}");
            }

            Model.Accept(s_histogram, time, LifeModel.Text(histogram));
            foreach (LabelSet labels in s_floats)
            {
                Model.Accept(labels, time, LifeModel.Text(Bits(labels)));
            }
        }
    }

    /// <summary>Makes blocks of what is over.</summary>
    public Task CutAsync() => _store.CutAsync(true, CancellationToken.None).AsTask();

    /// <summary>Deletes a series in a range; when it returns this is acknowledged.</summary>
    public async Task DeleteAsync(QueryRange range)
    {
        await LongTerm.DeleteAsync(Tenant, [new LabelMatcher(MatchType.Equal, "__name__", "deleted")], range);
        Model.Delete(s_deleted, range);
    }

    /// <summary>Stops, and starts again.</summary>
    public async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync();

    private long Bits(LabelSet labels) => BitConverter.DoubleToInt64Bits((_number % 50 * 1.5) + labels.Bytes.Span[^1]);

    private async ValueTask CloseAsync()
    {
        await LongTerm.DisposeAsync();
        await _store.DisposeAsync();
    }

    private async Task OpenAsync()
    {
        var metrics = new MetricsRegistry();
        _store = new TimeSeriesDatabase(
            new TsdbOptions
            {
                DataDirectory = _directory,
                BackgroundMerges = false,
                FlushInterval = TimeSpan.FromDays(20),
                FlushRows = 1 << 16,
                OutOfOrderWindow = TimeSpan.FromMinutes(1),
                BlockRange = TimeSpan.FromMinutes(5),
                Retention = Retention,
                WalSegmentBytes = 1 << 20,
            },
            LocalFileSystem.Instance, Failpoints.None, new TsdbMetrics(metrics), NullLogger<TimeSeriesDatabase>.Instance, Time);
        await _store.StartAsync(CancellationToken.None);
        LongTerm = new LongTermStore(_store, _bucket, _directory, LocalFileSystem.Instance, Retention, metrics, _ids, Time);
    }
}
