using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Storage.Tests.Merging;

/// <summary>A view whose sets have no series, and whose first batch fails, or waits until it is given up.</summary>
internal sealed class ScriptedQuerier : IQuerier
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _openSets;

    public bool Waits { get; init; }

    public Exception? Failure { get; init; }

    /// <summary>What the failure waits for.</summary>
    public Task After { get; init; } = Task.CompletedTask;

    /// <summary>Completes when the first batch is asked for.</summary>
    public Task Begun => _begun.Task;

    /// <summary>True when the wait was given up.</summary>
    public TaskCompletionSource<bool> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int OpenSets => Volatile.Read(ref _openSets);

    public IReadOnlyList<MissingData> Missing => [];

    public ValueTask<ISeriesSet> SelectAsync(bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _openSets);
        return new(new Set(this));
    }

    public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        new(new LimitedList<LabelSet>([], false));

    public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        new(new LimitedList<string>([], false));

    public ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) => new(new LimitedList<string>([], false));

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Set(ScriptedQuerier owner) : ISeriesSet
    {
        public SeriesBatch Current { get; set; } = new();

        public async ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
        {
            owner._begun.TrySetResult();
            await owner.After;
            if (owner.Failure is { } failure)
            {
                throw failure;
            }

            try
            {
                await Task.Delay(owner.Waits ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, TimeProvider.System, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                owner.Ended.TrySetResult(true);
                throw;
            }

            return false;
        }

        public ValueTask DisposeAsync()
        {
            Interlocked.Decrement(ref owner._openSets);
            return ValueTask.CompletedTask;
        }
    }
}
