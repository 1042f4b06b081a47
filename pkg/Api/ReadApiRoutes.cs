using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RemoteStore.Api.Endpoints;
using RemoteStore.Api.Http;
using RemoteStore.Api.RemoteRead;

namespace RemoteStore.Api;

/// <summary>Routes of the read API.</summary>
public static class ReadApiRoutes
{
    private static readonly string[] s_get = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] s_getOrForm = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post];
    private static readonly string[] s_change = [HttpMethods.Post, HttpMethods.Put];
    private static readonly string[] s_options = [HttpMethods.Options];

    /// <summary>Serves the API below <c>/api/v1</c> and below <c>/prometheus/api/v1</c>.</summary>
    public static IEndpointRouteBuilder MapReadApi(this IEndpointRouteBuilder endpoints, ReadApi api)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(api);
        foreach (string root in (ReadOnlySpan<string>)["/api/v1", "/prometheus/api/v1"])
        {
            Map(endpoints, root + "/query", s_getOrForm, api, api.Query);
            Map(endpoints, root + "/query_range", s_getOrForm, api, api.QueryRange);
            Map(endpoints, root + "/query_exemplars", s_getOrForm, api, api.Exemplars);
            Map(endpoints, root + "/series", s_getOrForm, api, api.Series);
            Map(endpoints, root + "/labels", s_getOrForm, api, api.LabelNames);
            Map(endpoints, root + $"/label/{{{LabelValuesEndpoint.NameParameter}}}/values", s_get, api, api.LabelValues);
            Map(endpoints, root + "/metadata", s_get, api, api.Metadata);
            Map(endpoints, root + "/status/durability", s_get, api, api.Durability);
            Map(endpoints, root + "/status/walreplay", s_get, api, api.WalReplay);
            Map(endpoints, root + "/admin/flush", s_change, api, api.Flush);
            endpoints.MapPost(
                root + "/read",
                (RequestDelegate)(context => api.Runner.GuardAsync(RemoteReadHandler.Name, false, context, tenant => api.RemoteRead.HandleAsync(context, tenant))));
            endpoints.MapMethods(root + "/{**path}", s_options, (RequestDelegate)Cors.PreflightAsync);
        }

        return endpoints;
    }

    private static void Map(IEndpointRouteBuilder endpoints, string path, string[] methods, ReadApi api, IApiEndpoint endpoint) =>
        endpoints.MapMethods(path, methods, (RequestDelegate)(context => api.Runner.RunAsync(endpoint, context)));
}
