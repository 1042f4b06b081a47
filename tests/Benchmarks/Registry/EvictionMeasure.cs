using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Primitives.Files;
using RemoteStore.Primitives.Threading;
using RemoteStore.Telemetry;
using RemoteStore.Testing;
using RemoteStore.Tsdb;
using RemoteStore.Tsdb.Eviction;
using RemoteStore.Tsdb.Heads;

namespace RemoteStore.Benchmarks.Registry;

/// <summary>Measures an eviction: every second series leaves while the others go on being written. Run it with <c>eviction [series]</c>.</summary>
internal static class EvictionMeasure
{
    private const int BatchSeries = 5000;

    /// <summary>Runs it and prints the evictor's own line.</summary>
    public static int Run(ReadOnlySpan<string> args)
    {
        int series = args.IsEmpty ? 1_000_000 : int.Parse(args[0], CultureInfo.InvariantCulture);
        string directory = Directory.CreateTempSubdirectory("remotestore-eviction-measure").FullName;
        try
        {
            RunAsync(directory, series).GetAwaiter().GetResult();
            return 0;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task RunAsync(string directory, int series)
    {
        TimeProvider time = TimeProvider.System;
        var metrics = new TsdbMetrics(new MetricsRegistry());
        var options = new TsdbOptions { DataDirectory = directory, BackgroundMerges = false };
        var store = new TimeSeriesDatabase(options, LocalFileSystem.Instance, Failpoints.None, metrics, NullLogger<TimeSeriesDatabase>.Instance, time);
        await store.StartAsync(CancellationToken.None).ConfigureAwait(false);
        SeriesKeys keys = SeriesKeys.Create(series);
        LabelSet[] labels = [.. Enumerable.Range(0, series).Select(i => new LabelSet(keys[i].ToArray()))];
        long now = time.GetUtcNow().ToUnixTimeMilliseconds();
        await WriteAsync(store, labels, now - 3_600_000).ConfigureAwait(false);
        await store.FlushAsync(merge: false, CancellationToken.None).ConfigureAwait(false);

        TenantHead head = store.State!.Heads.GetOrCreate(TenantId.Anonymous);
        LabelSet[] staying = [.. labels.Where(static (_, i) => i % 2 == 0)];
        long floor = EvictionFloor.Of(head, static () => long.MaxValue);
        await WriteAsync(store, staying, now).ConfigureAwait(false);
        Console.WriteLine($"before {head.Registry.AllocatedBytes >> 20} MiB of {series} series");
        using var stop = new CancellationTokenSource();
        Task writer = Task.Run(async () =>
        {
            for (long t = now + 1; !stop.IsCancellationRequested; t++)
            {
                await WriteAsync(store, staying, t).ConfigureAwait(false);
            }
        });
        using var thread = new BackgroundThread("evict", niceness: 6);
        using var evictor = new SeriesEvictor(options, store.State.Registries, thread, Failpoints.None, time, metrics, new ConsoleLogger());
        int left = await evictor.RunAsync(head, now - 1, floor, CancellationToken.None).ConfigureAwait(false);
        Console.WriteLine($"after {head.Registry.AllocatedBytes >> 20} MiB, {left} series left");
        await stop.CancelAsync().ConfigureAwait(false);
        await writer.ConfigureAwait(false);
        await store.DisposeAsync().ConfigureAwait(false);
    }

    private static async Task WriteAsync(TimeSeriesDatabase store, LabelSet[] labels, long timestampMs)
    {
        for (int i = 0; i < labels.Length; i += BatchSeries)
        {
            var batch = new BatchBuilder();
            foreach (LabelSet series in labels.AsSpan(i, Math.Min(BatchSeries, labels.Length - i)))
            {
                batch.Add(series, (timestampMs, i));
            }

            _ = await store.AppendAsync(TenantId.Anonymous, batch.Build(), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private sealed class ConsoleLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Console.WriteLine($"{formatter(state, exception)} {exception?.Message}");
    }
}
