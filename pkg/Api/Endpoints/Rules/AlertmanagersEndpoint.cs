using RemoteStore.Api.Http;
using RemoteStore.Api.Rules;

namespace RemoteStore.Api.Endpoints.Rules;

/// <summary><c>/api/v1/alertmanagers</c>: where alerts are posted to.</summary>
internal sealed class AlertmanagersEndpoint(IRuleDirectory directory) : IApiEndpoint
{
    public string Name => "alertmanagers";

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        response.Json.WriteStartObject();
        response.Json.WriteStartArray("activeAlertmanagers"u8);
        foreach (string address in directory.Alertmanagers)
        {
            response.Json.WriteStartObject();
            response.Json.WriteString("url"u8, address);
            response.Json.WriteEndObject();
        }

        response.Json.WriteEndArray();
        response.Json.WriteStartArray("droppedAlertmanagers"u8);
        response.Json.WriteEndArray();
        response.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }
}
