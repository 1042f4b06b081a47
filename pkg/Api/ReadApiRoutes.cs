using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using RemoteStore.Api.Endpoints;
using RemoteStore.Api.Endpoints.Admin;
using RemoteStore.Api.Endpoints.Discovery;
using RemoteStore.Api.Endpoints.Queries;
using RemoteStore.Api.Endpoints.Rules;
using RemoteStore.Api.Endpoints.Status;
using RemoteStore.Api.Federation;
using RemoteStore.Api.Http;
using RemoteStore.Api.RemoteRead;

namespace RemoteStore.Api;

/// <summary>Routes of the read API.</summary>
public static class ReadApiRoutes
{
    private static readonly string[] s_get = [HttpMethods.Get, HttpMethods.Head];
    private static readonly string[] s_getOrForm = [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post];
    private static readonly string[] s_change = [HttpMethods.Post, HttpMethods.Put];
    private static readonly string[] s_cancel = [HttpMethods.Post, HttpMethods.Delete];
    private static readonly string[] s_options = [HttpMethods.Options];

    /// <summary>Serves the API below <c>/api/v1</c> and below <c>/prometheus/api/v1</c>, and federation beside it.</summary>
    public static IEndpointRouteBuilder MapReadApi(this IEndpointRouteBuilder endpoints, ReadApi api)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(api);
        foreach (string prefix in (ReadOnlySpan<string>)["", "/prometheus"])
        {
            var routes = new Routes(endpoints, prefix + "/api/v1", api);
            MapData(routes, api);
            MapDiscovery(routes, api);
            MapStatus(routes, api);
            MapAdmin(routes, api);
            endpoints.MapMethods(prefix + "/api/v1/{**path}", s_options, (RequestDelegate)api.Cors.PreflightAsync);
            endpoints.MapMethods(prefix + "/federate", s_get, (RequestDelegate)(context =>
                api.Runner.GuardAsync(FederationHandler.Name, false, context, tenant => api.Federation.HandleAsync(context, tenant))));
        }

        return endpoints;
    }

    private static void MapData(Routes routes, ReadApi api)
    {
        routes.Add("/query", s_getOrForm, new QueryEndpoint(api.Queries, api.Time));
        routes.Add("/query_range", s_getOrForm, new QueryRangeEndpoint(api.Queries));
        routes.Add("/query_exemplars", s_getOrForm, new ExemplarsEndpoint(api.Stores.Exemplars, api.Options.Syntax));
        routes.Add("/format_query", s_getOrForm, new FormatQueryEndpoint(api.Options.Syntax));
        routes.Add("/parse_query", s_getOrForm, new ParseQueryEndpoint(api.Options.Syntax));
        routes.Add("/series", s_getOrForm, new SeriesEndpoint(api.Stores.Samples));
        routes.Add("/labels", s_getOrForm, new LabelNamesEndpoint(api.Stores.Samples));
        routes.Add($"/label/{{{LabelValuesEndpoint.NameParameter}}}/values", s_get, new LabelValuesEndpoint(api.Stores.Samples));
        routes.Add("/metadata", s_get, new MetadataEndpoint(api.Stores.Metadata));
        routes.Add("/read", [HttpMethods.Post], context =>
            api.Runner.GuardAsync(RemoteReadHandler.Name, false, context, tenant => api.RemoteRead.HandleAsync(context, tenant)));
    }

    private static void MapDiscovery(Routes routes, ReadApi api)
    {
        routes.Add("/targets", s_get, new ConstantEndpoint("targets", """{"activeTargets":[],"droppedTargets":[],"droppedTargetCounts":{}}"""));
        routes.Add("/targets/metadata", s_get, new TargetsMetadataEndpoint());
        routes.Add("/scrape_pools", s_get, new ConstantEndpoint("scrape_pools", """{"scrapePools":[]}"""));
        routes.Add("/alertmanagers", s_get, new AlertmanagersEndpoint(api.Stores.Rules));
        routes.Add("/rules", s_get, new RulesEndpoint(api.Stores.Rules));
        routes.Add("/alerts", s_get, new AlertsEndpoint(api.Stores.Rules));
        routes.Add("/features", s_get, new FeaturesEndpoint(api.Options.Syntax.ExperimentalFunctions));
        routes.Add("/notifications", s_get, new ConstantEndpoint("notifications", "[]", answersBeforeReady: true));
        routes.Add("/notifications/live", [HttpMethods.Get], api.Notifications.ServeAsync);
    }

    private static void MapStatus(Routes routes, ReadApi api)
    {
        routes.Add("/status/buildinfo", s_get, new BuildInfoEndpoint(api.Facts, api.Stores.Rules));
        routes.Add("/status/runtimeinfo", s_get, new RuntimeInfoEndpoint(api.Facts, api.Time));
        routes.Add("/status/config", s_get, new ConfigurationEndpoint(api.Facts));
        routes.Add("/status/flags", s_get, new FlagsEndpoint(api.Facts));
        routes.Add("/status/tsdb", s_get, new StoreStatusEndpoint(api.Stores.Statistics));
        routes.Add("/status/tsdb/blocks", s_get, new BlocksEndpoint(api.Stores.Statistics));
        routes.Add("/status/walreplay", s_get, new WalReplayEndpoint(api.Stores.Durability));
        routes.Add("/status/durability", s_get, new DurabilityEndpoint(api.Stores.Durability));
        if (api.Stores.ObjectStore is { } objectStore)
        {
            routes.Add("/status/object_store", s_get, new ObjectStoreEndpoint(objectStore, api.Time));
        }

        routes.Add("/status/active_queries", s_get, new ActiveQueriesEndpoint(api.Stores.Monitor));
        routes.Add("/status/active_queries", s_cancel, new CancelQueryEndpoint(api.Stores.Monitor));
        routes.Add("/status/top_queries", s_get, new TopQueriesEndpoint(api.Stores.Monitor));
    }

    private static void MapAdmin(Routes routes, ReadApi api)
    {
        var admin = new AdminApi(api.Stores.Deleter, api.Options.EnableAdminApi);
        routes.Add("/admin/flush", s_change, new FlushEndpoint(api.Stores.Admin));
        routes.Add("/admin/tsdb/delete_series", s_change, new DeleteSeriesEndpoint(admin));
        routes.Add("/admin/tsdb/clean_tombstones", s_change, new CleanTombstonesEndpoint(admin));
        routes.Add("/admin/delete_tenant", s_change, new DeleteTenantEndpoint(admin));
        routes.Add("/admin/delete_tenant_status", s_get, new DeleteTenantStatusEndpoint(admin));
        routes.Add("/admin/deletions", s_get, new DeletionsEndpoint(admin));
        routes.Add($"/admin/deletions/{{{DeletionsEndpoint.JobParameter}}}", s_get, new DeletionsEndpoint(admin));
    }

    /// <summary>Adds endpoints below a root.</summary>
    private readonly struct Routes(IEndpointRouteBuilder endpoints, string root, ReadApi api)
    {
        public void Add(string path, string[] methods, IApiEndpoint endpoint)
        {
            EndpointRunner runner = api.Runner;
            Add(path, methods, context => runner.RunAsync(endpoint, context));
        }

        public void Add(string path, string[] methods, RequestDelegate serve) => endpoints.MapMethods(root + path, methods, serve);
    }
}
