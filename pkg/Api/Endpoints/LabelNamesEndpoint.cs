using RemoteStore.Api.Http;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Api.Endpoints;

/// <summary><c>/api/v1/labels</c>: names of labels, of all series or of those that match any of the selectors.</summary>
internal sealed class LabelNamesEndpoint(IQueryable store) : IApiEndpoint
{
    public string Name => "labels";

    public ValueTask WriteAsync(ApiRequest request, JsonResponse response, CancellationToken cancellationToken)
    {
        int limit = request.GetLimit();
        return LabelTexts.WriteAsync(
            store, request, response, (querier, matchers) => querier.LabelNamesAsync(matchers, limit, cancellationToken), limit, cancellationToken);
    }
}

/// <summary>What label names and label values have in common.</summary>
internal static class LabelTexts
{
    /// <summary>Writes the union of what <paramref name="ask"/> finds for each selector, or for no selector when the request has none.</summary>
    public static async ValueTask WriteAsync(
        IQueryable store,
        ApiRequest request,
        JsonResponse response,
        Func<IQuerier, IReadOnlyList<LabelMatcher>, ValueTask<LimitedList<string>>> ask,
        int limit,
        CancellationToken cancellationToken)
    {
        IReadOnlyList<IReadOnlyList<LabelMatcher>> sets = request.GetMatcherSets();
        response.Json.WriteStartArray();
        foreach (string text in await ListReading.ReadAsync(
            store, request, response, sets.Count == 0 ? [[]] : sets, ask, Utf8Order.Instance, limit, cancellationToken))
        {
            response.Json.WriteStringValue(text);
            await response.SendIfLargeAsync(cancellationToken);
        }

        response.Json.WriteEndArray();
    }
}
