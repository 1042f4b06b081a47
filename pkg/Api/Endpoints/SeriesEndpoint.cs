using RemoteStore.Api.Http;
using RemoteStore.Api.Json;
using RemoteStore.Model.Labels;

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
        int limit = request.GetLimit();
        response.Json.WriteStartArray();
        foreach (LabelSet labels in await ListReading.ReadAsync(
            store,
            request,
            response,
            sets,
            (querier, matchers) => querier.SelectSeriesAsync(matchers, limit, cancellationToken),
            Comparer<LabelSet>.Default,
            limit,
            cancellationToken))
        {
            ResultJson.WriteLabels(response.Json, labels);
            await response.SendIfLargeAsync(cancellationToken);
        }

        response.Json.WriteEndArray();
    }
}
