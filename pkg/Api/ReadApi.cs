using Microsoft.Extensions.Logging;
using RemoteStore.Api.Endpoints.Queries;
using RemoteStore.Api.Endpoints.Status;
using RemoteStore.Api.Federation;
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
    /// <param name="facts">What status endpoints tell of the process.</param>
    /// <param name="tenants">Whose data a request is about.</param>
    /// <param name="readiness">Whether requests are served.</param>
    /// <param name="registry">Where metrics go.</param>
    /// <param name="time">Clock.</param>
    /// <param name="logger">Where failures go.</param>
    public ReadApi(
        ReadApiStores stores,
        ReadApiOptions options,
        ServerFacts facts,
        TenantResolver tenants,
        Readiness readiness,
        MetricsRegistry registry,
        TimeProvider time,
        ILogger<ReadApi> logger)
    {
        ArgumentNullException.ThrowIfNull(stores);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(facts);
        var pool = new BufferPool(PooledBytes);
        Stores = stores;
        Options = options;
        Facts = facts;
        Time = time;
        Cors = new Cors(options.CorsOrigins);
        Runner = new EndpointRunner(tenants, readiness, pool, new ApiMetrics(registry), Cors, time, logger);
        Queries = new QueryRunner(stores.Queries);
        RemoteRead = new RemoteReadHandler(stores.Samples, options, pool, logger);
        Federation = new FederationHandler(stores.Samples, options, pool, time, logger);
        Notifications = new NotificationStream(Cors);
    }

    internal ReadApiStores Stores { get; }

    internal ReadApiOptions Options { get; }

    internal ServerFacts Facts { get; }

    internal TimeProvider Time { get; }

    internal Cors Cors { get; }

    internal EndpointRunner Runner { get; }

    internal QueryRunner Queries { get; }

    internal RemoteReadHandler RemoteRead { get; }

    internal FederationHandler Federation { get; }

    internal NotificationStream Notifications { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        RemoteRead.Dispose();
        Notifications.Dispose();
    }
}
