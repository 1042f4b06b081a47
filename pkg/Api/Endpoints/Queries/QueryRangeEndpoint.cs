using RemoteStore.Api.Http;
using RemoteStore.PromQL;

namespace RemoteStore.Api.Endpoints.Queries;

/// <summary><c>/api/v1/query_range</c>: an evaluation at each step of a range.</summary>
internal sealed class QueryRangeEndpoint(QueryRunner runner) : IApiEndpoint
{
    private const int MaxPoints = 11_000;

    public string Name => "query_range";

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        int limit = request.GetLimit();
        long start = request.GetTime("start");
        long end = request.GetTime("end");
        if (end < start)
        {
            throw ApiException.BadParameter("end", "end timestamp must not be before start time");
        }

        TimeSpan step = request.GetRequiredDuration("step");
        if (step <= TimeSpan.Zero)
        {
            throw ApiException.BadParameter("step", "zero or negative query resolution step widths are not accepted. Try a positive integer");
        }

        // Steps are counted in whole milliseconds; a finer one could never be told apart from its neighbours.
        long stepMs = Math.Max(1, (long)step.TotalMilliseconds);
        if (((Int128)end - start) / stepMs > MaxPoints)
        {
            throw new ApiException(
                ApiErrorType.BadData, "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)");
        }

        return runner.RunAsync(new QueryRequest(request.Get("query"), start, end, stepMs), limit, request, response, cancellationToken);
    }
}
