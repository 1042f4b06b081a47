using RemoteStore.Api.Http;
using RemoteStore.Api.Rules;

namespace RemoteStore.Api.Endpoints.Status;

/// <summary>
/// <c>/api/v1/status/buildinfo</c>: how Grafana learns what it talks to. It offers the editing of rules to what has a map of <c>features</c>, and some versions of it only
/// to what says that it is Mimir, whose rule API this is; a server that does not serve that API says neither.
/// </summary>
internal sealed class BuildInfoEndpoint(ServerFacts facts, IRuleDirectory rules) : IApiEndpoint
{
    public string Name => "status_buildinfo";

    public bool AnswersBeforeReady => true;

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        response.Json.WriteStartObject();
        response.Json.WriteString("application"u8, rules.CanChange ? "Grafana Mimir"u8 : "RemoteStore"u8);
        response.Json.WriteString("version"u8, facts.Version);
        response.Json.WriteString("revision"u8, facts.Revision);
        response.Json.WriteString("branch"u8, ""u8);
        response.Json.WriteString("buildUser"u8, ""u8);
        response.Json.WriteString("buildDate"u8, ""u8);
        response.Json.WriteString("goVersion"u8, facts.Runtime);
        if (rules.CanChange)
        {
            response.Json.WriteStartObject("features"u8); // texts, not truth values, is what Grafana reads
            response.Json.WriteString("ruler_config_api"u8, "true"u8);
            response.Json.WriteString("alertmanager_config_api"u8, "false"u8);
            response.Json.WriteString("query_sharding"u8, "false"u8);
            response.Json.WriteString("federated_rules"u8, "false"u8);
            response.Json.WriteEndObject();
        }

        response.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }
}
