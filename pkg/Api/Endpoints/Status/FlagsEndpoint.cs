using RemoteStore.Api.Http;

namespace RemoteStore.Api.Endpoints.Status;

/// <summary><c>/api/v1/status/flags</c>: the options in force by name, secrets hidden.</summary>
internal sealed class FlagsEndpoint(ServerFacts facts) : IApiEndpoint
{
    public string Name => "status_flags";

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        response.Json.WriteStartObject();
        foreach ((string name, string value) in facts.Flags.OrderBy(static flag => flag.Key, StringComparer.Ordinal))
        {
            response.Json.WriteString(name, value);
        }

        response.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }
}
