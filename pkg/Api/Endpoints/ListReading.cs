using RemoteStore.Api.Http;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Api.Endpoints;

/// <summary>How names, values and series are read from a store: for each selector, joined, with warnings for what a limit or a gap left out.</summary>
internal static class ListReading
{
    /// <summary>Reads what <paramref name="ask"/> finds for any of the selectors, sorted and without repetition.</summary>
    /// <param name="store">Where.</param>
    /// <param name="request">Whose data, which range, and whether an answer may lack what cannot be read.</param>
    /// <param name="response">Takes the warnings.</param>
    /// <param name="sets">Matchers of the selectors; at least one, which may be empty.</param>
    /// <param name="ask">Asks a view for one selector; its answer is sorted.</param>
    /// <param name="order">The order of the answers.</param>
    /// <param name="limit">Most results, 0 = all.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="MissingDataException">Something cannot be read, and the request does not allow for that.</exception>
    public static async ValueTask<IReadOnlyList<T>> ReadAsync<T>(
        IQueryable store,
        ApiRequest request,
        JsonResponse response,
        IReadOnlyList<IReadOnlyList<LabelMatcher>> sets,
        Func<IQuerier, IReadOnlyList<LabelMatcher>, ValueTask<LimitedList<T>>> ask,
        IComparer<T> order,
        int limit,
        CancellationToken cancellationToken)
    {
        QueryRange range = request.GetRange();
        if (range.IsEmpty)
        {
            return [];
        }

        (LimitedList<T> found, IReadOnlyList<MissingData> missing) = await PartialReads.RunAsync(
            store,
            request.AllowsPartial,
            async view =>
            {
                await using IQuerier querier = await view.OpenQuerierAsync(request.Tenant, range, cancellationToken);
                LimitedList<T> joined = await Union.OfAsync(sets, matchers => ask(querier, matchers), order, limit);
                return (joined, querier.Missing);
            });
        if (found.Truncated)
        {
            response.AddWarning(Warnings.Truncated);
        }

        foreach (MissingData gap in missing)
        {
            response.AddWarning(gap.ToString());
        }

        return found.Items;
    }
}
