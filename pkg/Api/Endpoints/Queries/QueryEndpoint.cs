using RemoteStore.Api.Http;
using RemoteStore.PromQL;

namespace RemoteStore.Api.Endpoints.Queries;

/// <summary><c>/api/v1/query</c>: one evaluation.</summary>
internal sealed class QueryEndpoint(QueryRunner runner, TimeProvider time) : IApiEndpoint
{
    public string Name => "query";

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        int limit = request.GetLimit();
        long at = request.GetTime("time", time.GetUtcNow().ToUnixTimeMilliseconds());
        return runner.RunAsync(QueryRequest.Instant(request.Get("query"), at), limit, request, response, cancellationToken);
    }
}
