using System.Threading.Channels;
using RemoteStore.PromQL;
using RemoteStore.PromQL.Parser.Syntax;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Service;

namespace RemoteStore.QueryFrontend.Tests;

/// <summary>Answers each query when the test says so; counts those that came and those that were cancelled.</summary>
internal sealed class GatedService : IQueryService
{
    private readonly Channel<QueryCall> _arrived = Channel.CreateUnbounded<QueryCall>();
    private readonly TaskCompletionSource<QueryResult> _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _canceled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _calls;

    public static QueryResult Result { get; } =
        new(ExprType.Vector, [], null, 0, [], [], new QueryStatistics(1, 2, 3, 4, 5, [], TimeSpan.Zero, TimeSpan.Zero));

    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Completes when a query was cancelled.</summary>
    public Task Canceled => _canceled.Task;

    public async ValueTask<QueryResult> QueryAsync(QueryCall call, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        _arrived.Writer.TryWrite(call);
        try
        {
            return await _gate.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _canceled.TrySetResult();
            throw;
        }
    }

    /// <summary>Completes when one more query has come.</summary>
    public Task ArrivedAsync() => _arrived.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));

    public void Answer() => _gate.SetResult(Result);

    public void Fail(Exception exception) => _gate.SetException(exception);
}
