using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Primitives.Threading;
using RemoteStore.Telemetry;
using RemoteStore.Testing;
using RemoteStore.Tsdb.Eviction;
using RemoteStore.Tsdb.Heads;

namespace RemoteStore.Tsdb.Tests.Eviction;

/// <summary>A store whose evictor is run by hand, as if everything flushed had been cut into blocks.</summary>
internal sealed class EvictionHarness : IAsyncDisposable
{
    private readonly BackgroundThread _thread = new("evict-test", niceness: 0);

    private EvictionHarness(StoreHarness store) => Store = store;

    public StoreHarness Store { get; }

    public TenantHead Head => Store.Store.State!.Heads.Find(TenantId.Anonymous)!;

    public static async Task<EvictionHarness> StartAsync(Failpoints? failpoints = null, string? root = null) =>
        new(await StoreHarness.StartAsync(static o => o with { MinEvictedSeries = 4 }, failpoints: failpoints, root: root));

    public static LabelSet Series(int i) => LabelSet.From("__name__", "m", "i", $"{i}");

    public async Task AppendAsync(int from, int to, long timestampMs, double value = 1)
    {
        var batch = new BatchBuilder();
        for (int i = from; i < to; i++)
        {
            batch.Add(Series(i), (timestampMs, value));
        }

        await Store.AppendAsync(batch);
    }

    public Task FlushAsync() => Store.Store.FlushAsync(merge: false, CancellationToken.None).AsTask();

    /// <summary>Evicts what has no sample from <paramref name="watermarkMs"/> on and no row from <paramref name="floorRow"/> (none in memory) on.</summary>
    public async Task<int> EvictAsync(long watermarkMs = long.MaxValue, long? floorRow = null, Failpoints? failpoints = null)
    {
        using var evictor = new SeriesEvictor(
            new TsdbOptions { DataDirectory = Store.Directory, MinEvictedSeries = 4 }, Store.Store.State!.Registries, _thread,
            failpoints ?? Store.Failpoints, Store.Time, new TsdbMetrics(new MetricsRegistry()), NullLogger.Instance);
        return await evictor.RunAsync(Head, watermarkMs, floorRow ?? EvictionFloor.Of(Head, static () => long.MaxValue), CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _thread.Dispose();
    }
}
