using RemoteStore.Api.Http;
using RemoteStore.PromQL.Parser;

namespace RemoteStore.Api.Endpoints.Discovery;

/// <summary><c>/api/v1/targets/metadata</c>: a store scrapes no targets, so the list is empty; parameters are checked all the same.</summary>
internal sealed class TargetsMetadataEndpoint : IApiEndpoint
{
    public string Name => "targets_metadata";

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        _ = request.GetNumber("limit");
        string target = request.Get("match_target");
        if (target.Length > 0 && !PromQLParser.TryParseMatchers(target, out _, out IReadOnlyList<ParseFault>? faults))
        {
            throw ApiException.BadParameter("match_target", faults[0].ToString());
        }

        response.Json.WriteStartArray();
        response.Json.WriteEndArray();
        return ValueTask.CompletedTask;
    }
}
