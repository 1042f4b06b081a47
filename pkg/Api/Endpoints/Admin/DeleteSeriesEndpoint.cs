using RemoteStore.Api.Http;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Deleting;

namespace RemoteStore.Api.Endpoints.Admin;

/// <summary>
/// <c>POST /api/v1/admin/tsdb/delete_series</c>: deletes the samples in a range of the series that match any of the selectors. Answers 204 as Prometheus does, with
/// the name of the job in <c>X-RemoteStore-Job</c>; to a client that asks for JSON by <c>Accept</c>, the job.
/// </summary>
internal sealed class DeleteSeriesEndpoint(AdminApi admin) : IApiEndpoint
{
    public string Name => "admin_delete_series";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        ISeriesDeleter deleter = admin.Deleter;
        if (!request.GetAll("match[]").Any())
        {
            throw new ApiException(ApiErrorType.BadData, "no match[] parameter provided");
        }

        IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors = request.GetMatcherSets();
        QueryRange range = request.GetRange();
        DeletionReport report = await deleter.DeleteAsync(request.Tenant, selectors, range, cancellationToken);
        request.Http.Response.Headers["X-RemoteStore-Job"] = report.Id;
        if (request.Http.Request.Headers.Accept.ToString().Contains("application/json", StringComparison.OrdinalIgnoreCase))
        {
            DeletionJson.Write(response.Json, report);
            return;
        }

        response.LeaveEmpty();
    }
}
