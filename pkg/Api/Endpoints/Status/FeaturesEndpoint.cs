using RemoteStore.Api.Http;
using RemoteStore.PromQL.Parser.Functions;

namespace RemoteStore.Api.Endpoints.Status;

/// <summary><c>/api/v1/features</c>: what of Prometheus' features there is.</summary>
internal sealed class FeaturesEndpoint(bool experimental) : IApiEndpoint
{
    public string Name => "features";

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        response.Json.WriteStartObject();
        response.Json.WriteStartObject("api"u8);
        Write(response, ("admin", false), ("exclude_alerts", true), ("label_values_match", true), ("lifecycle", false), ("otlp_write_receiver", false));
        Write(response, ("query_stats", true), ("query_warnings", true), ("remote_write_receiver", true), ("time_range_labels", true), ("time_range_series", true));
        response.Json.WriteEndObject();
        response.Json.WriteStartObject("promql"u8);
        Write(response, ("at_modifier", true), ("bool", true), ("by", true), ("duration_expr", true), ("experimental_functions", experimental));
        Write(response, ("native_histograms", true), ("negative_offset", true), ("offset", true), ("per_step_stats", true), ("subqueries", true));
        response.Json.WriteEndObject();
        response.Json.WriteStartObject("promql_functions"u8);
        foreach (PromFunction function in FunctionTable.All)
        {
            response.Json.WriteBoolean(function.Name, experimental || !function.IsExperimental);
        }

        response.Json.WriteEndObject();
        response.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }

    private static void Write(JsonResponse response, params ReadOnlySpan<(string Name, bool Enabled)> features)
    {
        foreach ((string name, bool enabled) in features)
        {
            response.Json.WriteBoolean(name, enabled);
        }
    }
}
