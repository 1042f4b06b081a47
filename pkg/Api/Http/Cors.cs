using Microsoft.AspNetCore.Http;

namespace RemoteStore.Api.Http;

/// <summary>Lets pages of any origin read the API, as Prometheus does by default.</summary>
internal static class Cors
{
    /// <summary>Adds the headers when the request comes from a page.</summary>
    public static void AddHeaders(HttpContext context)
    {
        if (context.Request.Headers.Origin.Count > 0)
        {
            IHeaderDictionary headers = context.Response.Headers;
            headers.AccessControlAllowOrigin = "*";
            headers.AccessControlAllowHeaders = "Accept, Authorization, Content-Type, Origin, X-Scope-OrgID";
            headers.AccessControlAllowMethods = "GET, POST, OPTIONS";
            headers.AccessControlExposeHeaders = "Date";
        }
    }

    /// <summary>Answers a preflight request.</summary>
    public static Task PreflightAsync(HttpContext context)
    {
        AddHeaders(context);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
