using RemoteStore.Api.Http;
using RemoteStore.PromQL.Service;

namespace RemoteStore.Api.Endpoints.Status;

/// <summary>POST or DELETE on <c>/api/v1/status/active_queries</c>: cancels the tenant's query that the parameter <c>id</c> names.</summary>
internal sealed class CancelQueryEndpoint(IQueryMonitor monitor) : IApiEndpoint
{
    public string Name => "status_cancel_query";

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        string id = request.Get("id");
        if (id.Length == 0)
        {
            throw new ApiException(ApiErrorType.BadData, "no id parameter provided");
        }

        if (!monitor.Cancel(request.Tenant, id))
        {
            throw new ApiException(ApiErrorType.NotFound, $"no query with id {id} is waiting or running");
        }

        response.Json.WriteStartObject();
        response.Json.WriteString("cancelled"u8, id);
        response.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }
}
