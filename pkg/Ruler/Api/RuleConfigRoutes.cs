using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace RemoteStore.Ruler.Api;

/// <summary>Paths of the rule API.</summary>
public static class RuleConfigRoutes
{
    /// <summary>As Mimir has it; as Cortex has it below its older prefix; as Grafana asks a data source for it.</summary>
    private static readonly string[] s_roots = ["/config/v1/rules", "/api/prom/rules", "/rules"];

    private static readonly string[] s_methods = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post, HttpMethods.Delete];

    /// <summary>Serves the API. Below <c>/api/v1/rules</c>, which itself lists rules with their state, it has namespaces and groups.</summary>
    public static IEndpointRouteBuilder MapRuleConfig(this IEndpointRouteBuilder endpoints, RuleConfigApi api)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(api);
        foreach (string root in s_roots)
        {
            endpoints.MapMethods(root + "/{**path}", s_methods, (RequestDelegate)(context => api.ServeAsync(context, root)));
        }

        const string Listing = "/api/v1/rules";
        endpoints.MapMethods(Listing + "/{space}/{group?}", s_methods, (RequestDelegate)(context => api.ServeAsync(context, Listing)));
        return endpoints;
    }
}
