using RemoteStore.Api.Http;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Api.Endpoints;

/// <summary><c>/api/v1/metadata</c>: type, help and unit of metric families.</summary>
internal sealed class MetadataEndpoint(IMetadataQueryable store) : IApiEndpoint
{
    public string Name => "metadata";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        int limit = request.GetNumber("limit");
        int limitPerMetric = request.GetNumber("limit_per_metric");
        response.Json.WriteStartObject();
        if (limit != 0)
        {
            IReadOnlyList<MetricFamilyMetadata> families =
                await store.SelectMetadataAsync(request.Tenant, request.Get("metric"), limit, limitPerMetric, cancellationToken);
            foreach (MetricFamilyMetadata family in families)
            {
                response.Json.WriteStartArray(family.Name);
                foreach (MetricMetadata entry in family.Entries)
                {
                    response.Json.WriteStartObject();
                    response.Json.WriteString("type"u8, TypeName(entry.Type));
                    response.Json.WriteString("help"u8, entry.Help);
                    response.Json.WriteString("unit"u8, entry.Unit);
                    response.Json.WriteEndObject();
                }

                response.Json.WriteEndArray();
                await response.SendIfLargeAsync(cancellationToken);
            }
        }

        response.Json.WriteEndObject();
    }

    private static string TypeName(MetricType type) => type switch
    {
        MetricType.Counter => "counter",
        MetricType.Gauge => "gauge",
        MetricType.Histogram => "histogram",
        MetricType.GaugeHistogram => "gaugehistogram",
        MetricType.Summary => "summary",
        MetricType.Info => "info",
        MetricType.StateSet => "stateset",
        _ => "unknown",
    };
}
