using RemoteStore.PromQL.Results;

namespace RemoteStore.PromQL.Service;

/// <summary>
/// Answers queries: the engine over a store, or what stands in front of it (queue, cache, splitting). Callers such as the HTTP API and rules know only this.
/// Safe for concurrent use.
/// </summary>
public interface IQueryService
{
    /// <summary>Answers one query.</summary>
    /// <param name="call">The query, whose data it is about, and who asks.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    /// <exception cref="QueryException">There is no answer.</exception>
    /// <exception cref="Storage.StorageUnavailableException">The store is starting or stopping.</exception>
    ValueTask<QueryResult> QueryAsync(QueryCall call, CancellationToken cancellationToken);
}
