using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;

namespace RemoteStore.Api.Tests.Endpoints;

public class QueryRefusalTests
{
    [Theory]
    [InlineData("/api/v1/query?query=up")]
    [InlineData("/api/v1/query_range?query=up&start=0&end=60&step=15")]
    public async Task Query_TooManyOfTheTenantWait_Is429WithTheLimit(string path)
    {
        await using ApiHost host = await ApiHost.StartAsync(queries: new FullQueue());

        (string type, string message) = await host.GetErrorAsync(path, 429);

        (type, message).ShouldBe(("too_many_requests", "7 queries of tenant anonymous wait, the limit is 7 (limits.max-queued-queries)"));
    }

    private sealed class FullQueue : IQueryService
    {
        public ValueTask<QueryResult> QueryAsync(QueryCall call, CancellationToken cancellationToken) => throw new QueryException(
            QueryErrorKind.TooManyRequests, $"7 queries of tenant {call.Tenant} wait, the limit is 7 (limits.max-queued-queries)");
    }
}
