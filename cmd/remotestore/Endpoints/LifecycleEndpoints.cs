namespace RemoteStore.Server.Endpoints;

/// <summary><c>/-/quit</c> and <c>/-/reload</c>, as Prometheus has them: POST and PUT, refused unless enabled.</summary>
internal static class LifecycleEndpoints
{
    private static readonly string[] s_change = [HttpMethods.Post, HttpMethods.Put];

    /// <summary>Maps the endpoints.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="enabled">False to refuse both.</param>
    /// <param name="reload">Reloads and tells all faults.</param>
    /// <param name="quit">Begins the end of the process.</param>
    public static void MapLifecycle(this IEndpointRouteBuilder endpoints, bool enabled, Func<Task<IReadOnlyList<string>>> reload, Action quit)
    {
        endpoints.MapMethods("/-/quit", s_change, context => enabled ? QuitAsync(context, quit) : RefuseAsync(context));
        endpoints.MapMethods("/-/reload", s_change, context => enabled ? ReloadAsync(context, reload) : RefuseAsync(context));
    }

    private static async Task QuitAsync(HttpContext context, Action quit)
    {
        await AnswerAsync(context, StatusCodes.Status200OK, "Requesting termination... Goodbye!");
        await context.Response.CompleteAsync();
        quit();
    }

    private static async Task ReloadAsync(HttpContext context, Func<Task<IReadOnlyList<string>>> reload)
    {
        IReadOnlyList<string> faults = await reload();
        await (faults.Count == 0
            ? AnswerAsync(context, StatusCodes.Status200OK, "")
            : AnswerAsync(context, StatusCodes.Status500InternalServerError, $"failed to reload config: {string.Join("; ", faults)}\n"));
    }

    private static Task RefuseAsync(HttpContext context) => AnswerAsync(context, StatusCodes.Status403Forbidden, "Lifecycle API is not enabled.");

    private static Task AnswerAsync(HttpContext context, int statusCode, string content)
    {
        context.Response.StatusCode = statusCode;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(content, context.RequestAborted);
    }
}
