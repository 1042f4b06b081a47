using RemoteStore.Api.Http;

namespace RemoteStore.Api.Endpoints.Status;

/// <summary><c>/api/v1/status/config</c>: the options in force, secrets hidden.</summary>
internal sealed class ConfigurationEndpoint(ServerFacts facts) : IApiEndpoint
{
    public string Name => "status_config";

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        response.Json.WriteStartObject();
        response.Json.WriteString("yaml"u8, facts.Configuration);
        response.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }
}
