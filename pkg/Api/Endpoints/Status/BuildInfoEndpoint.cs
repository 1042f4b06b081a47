using RemoteStore.Api.Http;

namespace RemoteStore.Api.Endpoints.Status;

/// <summary>
/// <c>/api/v1/status/buildinfo</c>: how Grafana learns what it talks to. There is no <c>features</c> map: its presence makes Grafana take the server for one with
/// a rule editing API, and nothing here evaluates rules.
/// </summary>
internal sealed class BuildInfoEndpoint(ServerFacts facts) : IApiEndpoint
{
    public string Name => "status_buildinfo";

    public bool AnswersBeforeReady => true;

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        response.Json.WriteStartObject();
        response.Json.WriteString("application"u8, "RemoteStore"u8);
        response.Json.WriteString("version"u8, facts.Version);
        response.Json.WriteString("revision"u8, facts.Revision);
        response.Json.WriteString("branch"u8, ""u8);
        response.Json.WriteString("buildUser"u8, ""u8);
        response.Json.WriteString("buildDate"u8, ""u8);
        response.Json.WriteString("goVersion"u8, facts.Runtime);
        response.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }
}
