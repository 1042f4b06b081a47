using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace RemoteStore.Distributor;

/// <summary>Routes of the remote write receiver.</summary>
public static class RemoteWriteRoutes
{
    private static readonly string[] s_paths = ["/api/v1/write", "/api/v1/push", "/api/v1/receive"];

    /// <summary>Serves remote write under the paths of Prometheus, Mimir and Thanos, each also below <c>/prometheus</c>.</summary>
    public static IEndpointRouteBuilder MapRemoteWrite(this IEndpointRouteBuilder endpoints, RemoteWriteHandler handler)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(handler);
        foreach (string path in s_paths)
        {
            endpoints.MapPost(path, (RequestDelegate)handler.HandleAsync);
            endpoints.MapPost("/prometheus" + path, (RequestDelegate)handler.HandleAsync);
        }

        return endpoints;
    }
}
