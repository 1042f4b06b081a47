using RemoteStore.Api.Http;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Printing;

namespace RemoteStore.Api.Endpoints.Queries;

/// <summary><c>/api/v1/parse_query</c>: the syntax tree of a query.</summary>
internal sealed class ParseQueryEndpoint(ParserOptions syntax) : IApiEndpoint
{
    public string Name => "parse_query";

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        JsonAst.Write(response.Json, request.GetExpression("query", syntax));
        return ValueTask.CompletedTask;
    }
}
