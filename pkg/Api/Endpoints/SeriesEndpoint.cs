using RemoteStore.Api.Http;
using RemoteStore.Api.Json;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Api.Endpoints;

/// <summary><c>/api/v1/series</c>: label sets of the series that match any of the selectors.</summary>
internal sealed class SeriesEndpoint(IQueryable store) : IApiEndpoint
{
    public string Name => "series";

    public async ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        if (!request.GetAll("match[]").Any())
        {
            throw new ApiException(ApiErrorType.BadData, "no match[] parameter provided");
        }

        IReadOnlyList<IReadOnlyList<LabelMatcher>> sets = request.GetMatcherSets();
        QueryRange range = request.GetRange();
        int limit = request.GetLimit();
        response.Json.WriteStartArray();
        if (!range.IsEmpty)
        {
            await using IQuerier querier = await store.OpenQuerierAsync(request.Tenant, range, cancellationToken);
            LimitedList<LabelSet> series = await Union.OfAsync(
                sets, matchers => querier.SelectSeriesAsync(matchers, limit, cancellationToken), Comparer<LabelSet>.Default, limit);
            foreach (LabelSet labels in series.Items)
            {
                ResultJson.WriteLabels(response.Json, labels);
                await response.SendIfLargeAsync(cancellationToken);
            }

            if (series.Truncated)
            {
                response.AddWarning(Warnings.Truncated);
            }
        }

        response.Json.WriteEndArray();
    }
}
