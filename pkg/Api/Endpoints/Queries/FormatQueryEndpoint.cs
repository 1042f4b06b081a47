using RemoteStore.Api.Http;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Printing;

namespace RemoteStore.Api.Endpoints.Queries;

/// <summary><c>/api/v1/format_query</c>: a query, indented.</summary>
internal sealed class FormatQueryEndpoint(ParserOptions syntax) : IApiEndpoint
{
    public string Name => "format_query";

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        response.Json.WriteStringValue(Prettifier.Print(request.GetExpression("query", syntax)));
        return ValueTask.CompletedTask;
    }
}
