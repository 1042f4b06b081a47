using System.Net;
using System.Text;
using RemoteStore.Server.Hosting;

namespace RemoteStore.Server.Endpoints;

/// <summary><c>/</c>: a page that lists what is served, taken from the routes themselves.</summary>
internal static class IndexEndpoint
{
    /// <summary>Maps the endpoint.</summary>
    public static void MapIndex(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/", context =>
    {
        string page = Render(endpoints.DataSources.SelectMany(static source => source.Endpoints).OfType<RouteEndpoint>());
        context.Response.ContentType = "text/html; charset=utf-8";
        return context.Response.WriteAsync(page, context.RequestAborted);
    });

    private static string Render(IEnumerable<RouteEndpoint> routes)
    {
        var page = new StringBuilder();
        page.Append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>RemoteStore</title></head><body>\n<h1>RemoteStore ")
            .Append(WebUtility.HtmlEncode(BuildInformation.Version))
            .Append("</h1>\n<p>A long-term store for Prometheus metrics. All paths are also served under <code>/prometheus</code>.</p>\n<ul>\n");
        var paths = routes
            .Select(static route => (
                Path: "/" + route.RoutePattern.RawText?.TrimStart('/'),
                Methods: route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Where(static method => method != HttpMethods.Head) ?? []))
            .Where(static route => !route.Path.StartsWith("/prometheus/", StringComparison.Ordinal) && !route.Path.EndsWith("{**path}", StringComparison.Ordinal))
            .GroupBy(static route => route.Path, static route => route.Methods, StringComparer.Ordinal)
            .OrderBy(static path => path.Key, StringComparer.Ordinal);
        foreach (IGrouping<string, IEnumerable<string>> path in paths)
        {
            string[] methods = [.. path.SelectMany(static method => method).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            string text = WebUtility.HtmlEncode(path.Key);
            bool isLink = methods.Contains(HttpMethods.Get) && !path.Key.Contains('{', StringComparison.Ordinal);
            page.Append("<li><code>").Append(isLink ? $"<a href=\"{text.TrimStart('/')}\">{text}</a>" : text).Append("</code> ")
                .AppendJoin(", ", methods).Append("</li>\n");
        }

        return page.Append("</ul>\n</body></html>\n").ToString();
    }
}
