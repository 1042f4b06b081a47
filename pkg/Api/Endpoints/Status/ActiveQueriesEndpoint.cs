using RemoteStore.Api.Http;
using RemoteStore.PromQL.Service;

namespace RemoteStore.Api.Endpoints.Status;

/// <summary><c>/api/v1/status/active_queries</c>: the tenant's queries that wait or run, oldest first.</summary>
internal sealed class ActiveQueriesEndpoint(IQueryMonitor monitor) : IApiEndpoint
{
    public string Name => "status_active_queries";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        response.Json.WriteStartObject();
        response.Json.WriteStartArray("queries"u8);
        foreach (ActiveQuery query in monitor.Active(request.Tenant))
        {
            Write(response, query);
            await response.SendIfLargeAsync(cancellationToken);
        }

        response.Json.WriteEndArray();
        response.Json.WriteEndObject();
    }

    private static void Write(JsonResponse response, ActiveQuery query)
    {
        response.Json.WriteStartObject();
        response.Json.WriteString("id"u8, query.Id);
        response.Json.WriteString("query"u8, query.Call.Request.Query);
        response.Json.WriteNumber("startMs"u8, query.Call.Request.StartMs);
        response.Json.WriteNumber("endMs"u8, query.Call.Request.EndMs);
        response.Json.WriteNumber("stepMs"u8, query.Call.Request.StepMs);
        response.Json.WriteNumber("startedMs"u8, query.StartedMs);
        response.Json.WriteNumber("elapsedSeconds"u8, query.Elapsed.TotalSeconds);
        response.Json.WriteBoolean("queued"u8, query.IsQueued);
        response.Json.WriteString("dashboardUid"u8, query.Call.Origin.DashboardUid);
        response.Json.WriteString("panelId"u8, query.Call.Origin.PanelId);
        response.Json.WriteString("userAgent"u8, query.Call.Origin.UserAgent);
        response.Json.WriteString("remoteAddress"u8, query.Call.Origin.RemoteAddress);
        response.Json.WriteEndObject();
    }
}
