using RemoteStore.PromQL.Results;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.PromQL.Service;

/// <summary>
/// Answers queries by an engine over a store, at once and without a cache. What the store cannot read fails the query: an answer is complete.
/// </summary>
/// <param name="engine">Evaluates.</param>
/// <param name="storage">Where samples are.</param>
public sealed class EngineQueryService(QueryEngine engine, IQueryable storage) : IQueryService
{
    /// <inheritdoc/>
    public ValueTask<QueryResult> QueryAsync(QueryCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        QueryRequest request = call.Timeout is { } timeout && (call.Request.Timeout is not { } own || timeout < own)
            ? call.Request with { Timeout = timeout }
            : call.Request;
        return engine.QueryAsync(call.Tenant, storage, request, cancellationToken);
    }
}
