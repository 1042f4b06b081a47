using RemoteStore.PromQL.Results;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.PromQL.Service;

/// <summary>
/// Answers queries by an engine over a store, at once and without a cache. What the store cannot read fails the query, unless it allows an answer without.
/// </summary>
/// <param name="engine">Evaluates.</param>
/// <param name="storage">Where samples are.</param>
public sealed class EngineQueryService(QueryEngine engine, IQueryable storage) : IQueryService
{
    /// <inheritdoc/>
    public ValueTask<QueryResult> QueryAsync(QueryCall call, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(call);
        QueryRequest request = call.Request.AllowPartial == call.AllowPartial ? call.Request : call.Request with { AllowPartial = call.AllowPartial };
        if (call.Timeout is { } timeout && (request.Timeout is not { } own || timeout < own))
        {
            request = request with { Timeout = timeout };
        }

        call.Progress?.BeginEvaluation();
        return engine.QueryAsync(call.Tenant, storage, request, cancellationToken);
    }
}
