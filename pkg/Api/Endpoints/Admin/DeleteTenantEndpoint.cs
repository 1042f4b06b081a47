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
    public string Name => "admin_delete_tenant";

    /// <summary>True for the deletion of everything.</summary>
    public static bool IsOfTenant(DeletionReport report) => report.Selectors is ["{" + EverySeries + "}"] && report.Range.MinTime == long.MinValue;

    private const string EverySeries = "__name__=~\".*\"";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        ISeriesDeleter deleter = admin.Deleter;
        IReadOnlyList<LabelMatcher> every = [new(MatchType.Regexp, "__name__", ".*")]; // a series without a name, too: a missing label is an empty one
        DeletionReport report = await deleter.DeleteAsync(request.Tenant, [every], QueryRange.All, cancellationToken);
        await deleter.RemoveNowAsync(request.Tenant, cancellationToken);
        DeletionJson.Write(response.Json, report);
    }
}
