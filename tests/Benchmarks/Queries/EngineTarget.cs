using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using RemoteStore.Model;
using RemoteStore.Primitives.Files;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.Telemetry;
using RemoteStore.Tsdb;

namespace RemoteStore.Benchmarks.Queries;

/// <summary>The query engine over a data directory, in this process: no HTTP and no JSON.</summary>
internal sealed class EngineTarget : IQueryTarget
{
    private readonly TimeSeriesDatabase _store;
    private readonly QueryEngine _engine;

    private EngineTarget(TimeSeriesDatabase store, QueryEngine engine)
    {
        _store = store;
        _engine = engine;
    }

    /// <inheritdoc/>
    public double LeastCpuSeconds => 0.1;

    /// <summary>Opens a data directory that no server uses.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="threads">Tasks that a query may run beside its own; 1 for none.</param>
    public static async ValueTask<EngineTarget> OpenAsync(string directory, int threads)
    {
        var options = new TsdbOptions { DataDirectory = directory, BackgroundMerges = false };
        var store = new TimeSeriesDatabase(
            options,
            LocalFileSystem.Instance,
            Failpoints.None,
            new TsdbMetrics(new MetricsRegistry()),
            NullLogger<TimeSeriesDatabase>.Instance,
            TimeProvider.System);
        await store.StartAsync(CancellationToken.None).ConfigureAwait(false);
        return new EngineTarget(store, new QueryEngine(new EngineOptions { MaxParallelism = threads }, TimeProvider.System));
    }

    /// <inheritdoc/>
    public async ValueTask<QueryAnswer> RunAsync(BenchmarkQuery query, long endSeconds)
    {
        var request = new QueryRequest(query.Text, query.StartSeconds(endSeconds) * 1000, endSeconds * 1000, query.StepSeconds * 1000);
        QueryResult result = await _engine.QueryAsync(TenantId.Anonymous, _store, request, CancellationToken.None).ConfigureAwait(false);
        return new QueryAnswer(result.Series.Count, result.Series.Sum(static s => (long)s.Times.Length), result.Statistics.PeakMemoryBytes);
    }

    /// <inheritdoc/>
    public double CpuSeconds()
    {
        using Process self = Process.GetCurrentProcess();
        return self.TotalProcessorTime.TotalSeconds;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _store.DisposeAsync();
}
