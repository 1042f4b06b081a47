using RemoteStore.Server.Hosting;
using RemoteStore.Server.Options;
using RemoteStore.Telemetry;

namespace RemoteStore.Server.Endpoints;

/// <summary>What the process says about itself: health, readiness, metrics and options.</summary>
internal static class ProcessEndpoints
{
    private const string Text = "text/plain; charset=utf-8";
    private static readonly string[] s_get = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps the endpoints.</summary>
    public static void MapProcess(this IEndpointRouteBuilder endpoints, RemoteStoreOptions options, Readiness readiness, MetricsRegistry metrics)
    {
        endpoints.MapMethods("/-/healthy", s_get, static context => AnswerAsync(context, Text, "RemoteStore is healthy.\n"));
        endpoints.MapMethods("/-/ready", s_get, ReadyAsync);
        endpoints.MapMethods("/ready", s_get, ReadyAsync);
        endpoints.MapMethods("/config", s_get, context => AnswerAsync(context, Text, ConfigPage.Render(OptionTable.All, options)));
        endpoints.MapMethods("/metrics", s_get, MetricsAsync);

        Task ReadyAsync(HttpContext context) =>
            readiness.Current is { IsReady: false } status
                ? RequestGuard.AnswerNotReadyAsync(context, status)
                : AnswerAsync(context, Text, "RemoteStore is ready.\n");

        Task MetricsAsync(HttpContext context)
        {
            context.Response.ContentType = MetricsRegistry.TextContentType;
            return metrics.WriteTextAsync(context.Response.Body, context.RequestAborted);
        }
    }

    private static Task AnswerAsync(HttpContext context, string contentType, string content)
    {
        context.Response.ContentType = contentType;
        return context.Response.WriteAsync(content, context.RequestAborted);
    }
}
