using System.Collections.Concurrent;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;

namespace RemoteStore.QueryFrontend.Tests;

/// <summary>Remembers what it was asked.</summary>
internal sealed class CountingService(IQueryService inner) : IQueryService
{
    private ConcurrentQueue<QueryRequest> _asked = new();

    public IQueryService Inner => inner;

    /// <summary>Requests since the last call, as they came.</summary>
    public IReadOnlyList<QueryRequest> Take() => [.. Interlocked.Exchange(ref _asked, new ConcurrentQueue<QueryRequest>())];

    public ValueTask<QueryResult> QueryAsync(QueryCall call, CancellationToken cancellationToken)
    {
        _asked.Enqueue(call.Request);
        return inner.QueryAsync(call, cancellationToken);
    }
}
