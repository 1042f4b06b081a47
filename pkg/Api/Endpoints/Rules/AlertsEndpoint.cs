using RemoteStore.Api.Http;
using RemoteStore.Api.Rules;

namespace RemoteStore.Api.Endpoints.Rules;

/// <summary><c>/api/v1/alerts</c>: alerts that are pending or firing.</summary>
internal sealed class AlertsEndpoint(IRuleDirectory directory) : IApiEndpoint
{
    public string Name => "alerts";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        response.Json.WriteStartObject();
        response.Json.WriteStartArray("alerts"u8);
        foreach (ListedGroup group in directory.Groups(request.Tenant))
        {
            foreach (ListedAlert alert in group.Rules.SelectMany(static rule => rule.Alerting?.Alerts ?? []))
            {
                RuleJson.Write(response.Json, alert);
            }

            await response.SendIfLargeAsync(cancellationToken);
        }

        response.Json.WriteEndArray();
        response.Json.WriteEndObject();
    }
}
