using RemoteStore.Api;
using RemoteStore.Distributor;
using RemoteStore.Limits;
using RemoteStore.PromQL.Parser;
using RemoteStore.Storage.Appending;

namespace RemoteStore.Server.Roles;

/// <summary>Puts writing and reading over HTTP in front of a store.</summary>
internal static class StoreEndpoints
{
    /// <summary>Maps remote write and the read API.</summary>
    public static void MapStore(this IEndpointRouteBuilder endpoints, IAppender appender, ReadApiStores stores, ServerFacts facts, RoleContext context)
    {
        var tenants = new TenantResolver(context.Options.Multitenancy.Enabled);
        endpoints.MapRemoteWrite(new RemoteWriteHandler(
            appender,
            context.Options.Write,
            tenants,
            context.Readiness,
            context.Metrics,
            context.Time,
            Random.Shared,
            context.Loggers.CreateLogger<RemoteWriteHandler>()));
        ReadApiOptions read = context.Options.Read with
        {
            LookbackDelta = context.Options.Query.LookbackDelta,
            Syntax = ParserOptions.Default with { ExperimentalFunctions = context.Options.Query.ExperimentalFunctions },
        };
        endpoints.MapReadApi(new ReadApi(
            stores, read, facts, tenants, context.Readiness, context.Metrics, context.Time, context.Loggers.CreateLogger<ReadApi>()));
    }
}
