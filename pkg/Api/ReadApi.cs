using Microsoft.Extensions.Logging;
using RemoteStore.Api.Endpoints;
using RemoteStore.Api.Http;
using RemoteStore.Api.RemoteRead;
using RemoteStore.Limits;
using RemoteStore.Primitives.Memory;
using RemoteStore.Telemetry;

namespace RemoteStore.Api;

/// <summary>The endpoints that read from a store, with what they need. Map it with <see cref="ReadApiRoutes.MapReadApi"/>.</summary>
public sealed class ReadApi : IDisposable
{
    private const long PooledBytes = 16 << 20;

    /// <summary>Creates the endpoints.</summary>
    /// <param name="stores">What is read and administered.</param>
    /// <param name="options">Bounds and defaults.</param>
    /// <param name="tenants">Whose data a request is about.</param>
    /// <param name="readiness">Whether requests are served.</param>
    /// <param name="registry">Where metrics go.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Where failures go.</param>
    public ReadApi(
        ReadApiStores stores,
        ReadApiOptions options,
        TenantResolver tenants,
        Readiness readiness,
        MetricsRegistry registry,
        TimeProvider time,
        ILogger<ReadApi> logger)
    {
        ArgumentNullException.ThrowIfNull(stores);
        var pool = new BufferPool(PooledBytes);
        var metrics = new ApiMetrics(registry);
        Runner = new EndpointRunner(tenants, readiness, pool, metrics, time, logger);
        var queries = new QueryRunner(stores.Queries);
        Query = new QueryEndpoint(queries, time);
        QueryRange = new QueryRangeEndpoint(queries);
        Series = new SeriesEndpoint(stores.Samples);
        LabelNames = new LabelNamesEndpoint(stores.Samples);
        LabelValues = new LabelValuesEndpoint(stores.Samples);
        Metadata = new MetadataEndpoint(stores.Metadata);
        Exemplars = new ExemplarsEndpoint(stores.Exemplars);
        RemoteRead = new RemoteReadHandler(stores.Samples, options, pool, logger);
        Flush = new FlushEndpoint(stores.Admin);
        Durability = new DurabilityEndpoint(stores.Durability);
        WalReplay = new WalReplayEndpoint(stores.Durability);
    }

    internal EndpointRunner Runner { get; }

    internal IApiEndpoint Query { get; }

    internal IApiEndpoint QueryRange { get; }

    internal IApiEndpoint Series { get; }

    internal IApiEndpoint LabelNames { get; }

    internal IApiEndpoint LabelValues { get; }

    internal IApiEndpoint Metadata { get; }

    internal IApiEndpoint Exemplars { get; }

    internal RemoteReadHandler RemoteRead { get; }

    internal IApiEndpoint Flush { get; }

    internal IApiEndpoint Durability { get; }

    internal IApiEndpoint WalReplay { get; }

    /// <inheritdoc/>
    public void Dispose() => RemoteRead.Dispose();
}
