using RemoteStore.Api.Http;
using RemoteStore.PromQL.Service;

namespace RemoteStore.Api.Endpoints.Status;

/// <summary>
/// <c>/api/v1/status/top_queries</c>: what cost most lately, <c>by</c> time, count, bytes or dashboard, over the last <c>window</c> (one hour), at most
/// <c>limit</c> entries (10).
/// </summary>
internal sealed class TopQueriesEndpoint(IQueryMonitor monitor) : IApiEndpoint
{
    private const int DefaultLimit = 10;

    public string Name => "status_top_queries";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        string by = request.Get("by");
        TopQueryOrder order = by switch
        {
            "" or "time" => TopQueryOrder.Time,
            "count" => TopQueryOrder.Count,
            "bytes" => TopQueryOrder.Bytes,
            "dashboard" => TopQueryOrder.Dashboard,
            _ => throw ApiException.BadParameter("by", "must be time, count, bytes or dashboard"),
        };
        int limit = request.GetLimit();
        TimeSpan window = request.GetDuration("window") ?? TimeSpan.FromHours(1);
        if (window <= TimeSpan.Zero)
        {
            throw ApiException.BadParameter("window", "must be above 0");
        }

        response.Json.WriteStartObject();
        response.Json.WriteString("by"u8, by.Length == 0 ? "time" : by);
        response.Json.WriteStartArray("queries"u8);
        foreach (TopQuery query in monitor.Top(request.Tenant, order, limit == 0 ? DefaultLimit : limit, window))
        {
            Write(response, query);
            await response.SendIfLargeAsync(cancellationToken);
        }

        response.Json.WriteEndArray();
        response.Json.WriteEndObject();
    }

    private static void Write(JsonResponse response, TopQuery query)
    {
        response.Json.WriteStartObject();
        response.Json.WriteString("query"u8, query.Query);
        response.Json.WriteString("dashboardUid"u8, query.DashboardUid);
        response.Json.WriteString("panelId"u8, query.PanelId);
        response.Json.WriteNumber("rangeMs"u8, query.RangeMs);
        response.Json.WriteNumber("count"u8, query.Count);
        response.Json.WriteNumber("failures"u8, query.Failures);
        response.Json.WriteNumber("totalSeconds"u8, query.TotalTime.TotalSeconds);
        response.Json.WriteNumber("totalSamples"u8, query.TotalSamples);
        response.Json.WriteNumber("totalBytes"u8, query.TotalBytes);
        response.Json.WriteEndObject();
    }
}
