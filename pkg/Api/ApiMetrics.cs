using System.Globalization;
using Prometheus;
using RemoteStore.Telemetry;

namespace RemoteStore.Api;

/// <summary>Metrics of the read API.</summary>
internal sealed class ApiMetrics
{
    private readonly Counter _requests;
    private readonly Histogram _duration;

    public ApiMetrics(MetricsRegistry registry)
    {
        _requests = registry.Counter("remotestore_api_requests_total", "Requests of the read API by endpoint and status code.", "endpoint", "code");
        _duration = registry.Latency("remotestore_api_request_duration_seconds", "Time from a request's headers to the end of its answer.", "endpoint");
    }

    public void RequestCompleted(string endpoint, int statusCode, TimeSpan duration)
    {
        _requests.WithLabels(endpoint, statusCode.ToString(CultureInfo.InvariantCulture)).Inc();
        _duration.WithLabels(endpoint).Observe(duration.TotalSeconds);
    }
}
