using RemoteStore.Api.Http;
using RemoteStore.Api.Json;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Api.Endpoints;

/// <summary><c>/api/v1/query_exemplars</c>: exemplars of the series that the selectors of a query name.</summary>
internal sealed class ExemplarsEndpoint(IExemplarQueryable store, ParserOptions syntax) : IApiEndpoint
{
    public string Name => "query_exemplars";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        QueryRange range = request.GetRange();
        if (range.IsEmpty)
        {
            throw new ApiException(ApiErrorType.BadData, "end timestamp must not be before start timestamp");
        }

        IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors = [.. PromQLParser.Selectors(request.GetExpression("query", syntax)).Select(static selector => selector.Matchers)];
        if (selectors.Count == 0)
        {
            response.LeaveEmpty(); // as Prometheus answers a query that names no series
            return;
        }

        IReadOnlyList<SeriesExemplars> found = await store.SelectExemplarsAsync(request.Tenant, range, selectors, cancellationToken);
        response.Json.WriteStartArray();
        foreach (SeriesExemplars series in found)
        {
            response.Json.WriteStartObject();
            response.Json.WritePropertyName("seriesLabels"u8);
            ResultJson.WriteLabels(response.Json, series.SeriesLabels);
            response.Json.WriteStartArray("exemplars"u8);
            foreach (Exemplar exemplar in series.Exemplars)
            {
                response.Json.WriteStartObject();
                response.Json.WritePropertyName("labels"u8);
                ResultJson.WriteLabels(response.Json, exemplar.Labels);
                response.Json.WritePropertyName("value"u8);
                ResultJson.WriteFloat(response.Json, BitConverter.Int64BitsToDouble(exemplar.ValueBits));
                response.Json.WritePropertyName("timestamp"u8);
                ResultJson.WriteTimestamp(response.Json, exemplar.TimestampMs);
                response.Json.WriteEndObject();
            }

            response.Json.WriteEndArray();
            response.Json.WriteEndObject();
            await response.SendIfLargeAsync(cancellationToken);
        }

        response.Json.WriteEndArray();
    }
}
