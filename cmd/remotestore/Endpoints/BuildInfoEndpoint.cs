using System.Text.Encodings.Web;
using System.Text.Json;
using RemoteStore.Server.Hosting;

namespace RemoteStore.Server.Endpoints;

/// <summary><c>/api/v1/status/buildinfo</c>: how Grafana learns what it talks to.</summary>
internal static class BuildInfoEndpoint
{
    /// <summary>Maps the endpoint.</summary>
    public static void MapBuildInfo(this IEndpointRouteBuilder endpoints)
    {
        byte[] answer = Render();
        endpoints.MapGet("/api/v1/status/buildinfo", context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.Body.WriteAsync(answer, context.RequestAborted).AsTask();
        });
    }

    /// <summary>
    /// The answer. There is no <c>features</c> map: its presence makes Grafana take the server for one with a rule editing API, and nothing here evaluates rules.
    /// </summary>
    internal static byte[] Render()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("status", "success");
            json.WriteStartObject("data");
            json.WriteString("application", "RemoteStore");
            json.WriteString("version", $"{BuildInformation.PrometheusVersion}+remotestore.{BuildInformation.Version}");
            json.WriteString("revision", BuildInformation.Revision);
            json.WriteString("branch", "");
            json.WriteString("buildUser", "");
            json.WriteString("buildDate", "");
            json.WriteString("goVersion", BuildInformation.Runtime);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
