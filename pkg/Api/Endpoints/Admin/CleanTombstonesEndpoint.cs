using RemoteStore.Api.Http;

namespace RemoteStore.Api.Endpoints.Admin;

/// <summary><c>POST /api/v1/admin/tsdb/clean_tombstones</c>: begins to remove what is deleted now. It goes on in the background, see <c>/api/v1/admin/deletions</c>.</summary>
internal sealed class CleanTombstonesEndpoint(AdminApi admin) : IApiEndpoint
{
    public string Name => "admin_clean_tombstones";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        await admin.Deleter.RemoveNowAsync(request.Tenant, cancellationToken);
        response.LeaveEmpty();
    }
}
