using System.Collections.Concurrent;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;

namespace RemoteStore.Querier.Tests.Monitoring;

/// <summary>Answers a query when the test says so.</summary>
internal sealed class GatedService : IQueryService
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<QueryResult>> _gates = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<QueryCall>> _arrivals = new(StringComparer.Ordinal);

    public async ValueTask<QueryResult> QueryAsync(QueryCall call, CancellationToken cancellationToken)
    {
        _ = Arrival(call.Request.Query).TrySetResult(call);
        return await Gate(call.Request.Query).Task.WaitAsync(cancellationToken);
    }

    /// <summary>Completes when a query of that text has arrived.</summary>
    public Task<QueryCall> ArrivedAsync(string query) => Arrival(query).Task;

    public void Answer(string query, long samples = 0, long bytes = 0) => Gate(query).SetResult(Result(samples, bytes));

    public void Fail(string query, Exception exception) => Gate(query).SetException(exception);

    public static QueryResult Result(long samples, long bytes) =>
        new(ExprType.Vector, [], null, 0, [], [], new QueryStatistics(samples, 0, samples, 1, bytes, [], TimeSpan.Zero, TimeSpan.Zero));

    private TaskCompletionSource<QueryCall> Arrival(string query) =>
        _arrivals.GetOrAdd(query, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private TaskCompletionSource<QueryResult> Gate(string query) =>
        _gates.GetOrAdd(query, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
