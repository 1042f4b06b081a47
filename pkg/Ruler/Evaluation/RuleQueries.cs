using RemoteStore.PromQL;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;

namespace RemoteStore.Ruler.Evaluation;

/// <summary>Asks the queries of rules and of their templates.</summary>
/// <param name="environment">Where.</param>
internal sealed class RuleQueries(RuleEnvironment environment)
{
    private static readonly QueryOrigin s_origin = QueryOrigin.Unknown with { UserAgent = "ruler" };

    /// <summary>What surrounds the rules.</summary>
    public RuleEnvironment Environment => environment;

    /// <summary>Series with one point each: an instant vector, or a scalar as one series without labels.</summary>
    /// <param name="query">The query.</param>
    /// <param name="timeMs">Evaluation time, milliseconds since the Unix epoch.</param>
    /// <param name="cancellationToken">Given up by the caller.</param>
    /// <exception cref="QueryException">There is no answer.</exception>
    /// <exception cref="RuleFailedException">The answer is neither.</exception>
    /// <exception cref="Storage.StorageUnavailableException">The store is starting or stopping.</exception>
    public async ValueTask<IReadOnlyList<ResultSeries>> InstantAsync(string query, long timeMs, CancellationToken cancellationToken) =>
        (await AskAsync(query, timeMs, cancellationToken).ConfigureAwait(false)).Series;

    /// <summary>As <see cref="InstantAsync"/>, with the warnings of the answer.</summary>
    public async ValueTask<(IReadOnlyList<ResultSeries> Series, IReadOnlyList<string> Warnings)> AskAsync(string query, long timeMs, CancellationToken cancellationToken)
    {
        // An answer kept from before the rule ahead in the group wrote would be of no use, so none is asked for.
        var call = new QueryCall(environment.Tenant, QueryRequest.Instant(query, timeMs)) { Origin = s_origin, UseCache = false };
        QueryResult result = await environment.Queries.QueryAsync(call, cancellationToken).ConfigureAwait(false);
        return result.Type is ExprType.Vector or ExprType.Scalar ? (result.Series, result.Warnings) : throw new RuleFailedException("rule result is not a vector or scalar");
    }
}
