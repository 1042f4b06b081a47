using Microsoft.AspNetCore.Routing;
using RemoteStore.Api.Http;
using RemoteStore.Storage.Deleting;

namespace RemoteStore.Api.Endpoints.Admin;

/// <summary><c>/api/v1/admin/deletions</c>: how far deletions are; with the name of a job behind it, that job.</summary>
internal sealed class DeletionsEndpoint(AdminApi admin) : IApiEndpoint
{
    /// <summary>Name of the route's parameter.</summary>
    public const string JobParameter = "job";

    public string Name => "admin_deletions";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        IReadOnlyList<DeletionReport> jobs = await admin.Deleter.ListAsync(request.Tenant, cancellationToken);
        if (request.Http.GetRouteValue(JobParameter) is string id)
        {
            DeletionJson.Write(
                response.Json, jobs.FirstOrDefault(job => job.Id == id) ?? throw new ApiException(ApiErrorType.NotFound, $"there is no deletion {id}"));
            return;
        }

        response.Json.WriteStartArray();
        foreach (DeletionReport job in jobs)
        {
            DeletionJson.Write(response.Json, job);
            await response.SendIfLargeAsync(cancellationToken);
        }

        response.Json.WriteEndArray();
    }
}
