using RemoteStore.Api.Http;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Deleting;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Api.Endpoints.Admin;

/// <summary>
/// <c>POST /api/v1/admin/delete_tenant</c>: deletes all samples that the tenant has now, as a deletion of all series: gone from all reads when it answers, then removed
/// from the disks. Rule groups stay.
/// </summary>
internal sealed class DeleteTenantEndpoint(AdminApi admin) : IApiEndpoint
{
    private static readonly LabelMatcher s_everySeries = new(MatchType.Regexp, "__name__", ".*"); // without a name, too: a missing label is an empty one

    public string Name => "admin_delete_tenant";

    /// <summary>True for the deletion of everything.</summary>
    public static bool IsOfTenant(DeletionReport report) =>
        report.Selectors.Count == 1 && report.Selectors[0] == $"{{{s_everySeries}}}" && report.Range.MinTime == long.MinValue;

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        ISeriesDeleter deleter = admin.Deleter;
        DeletionReport report = await deleter.DeleteAsync(request.Tenant, [[s_everySeries]], QueryRange.All, cancellationToken);
        await deleter.RemoveNowAsync(request.Tenant, cancellationToken);
        DeletionJson.Write(response.Json, report);
    }
}
