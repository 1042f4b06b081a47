using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Querier.Sources;

/// <summary>A view of a guarded source. Disposing it does not wait for calls that were abandoned; the source's view is disposed when they have returned.</summary>
internal sealed class GuardedQuerier(SourceGuard guard, GuardedCalls calls, QueryRange range, IQuerier inner, IDisposable turn) : IQuerier
{
    private readonly List<GuardedSeriesSet> _sets = []; // locked by itself: selections may be made while series are read elsewhere
    private Task? _release;

    /// <inheritdoc/>
    public IReadOnlyList<MissingData> Missing => inner.Missing;

    /// <inheritdoc/>
    public async ValueTask<ISeriesSet> SelectAsync(
        bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
    {
        ISeriesSet found = await calls.RunAsync(token => inner.SelectAsync(sorted, hints, matchers, token), cancellationToken).ConfigureAwait(false);
        var set = new GuardedSeriesSet(guard, new GuardedCalls(guard, range), found);
        lock (_sets)
        {
            _sets.Add(set);
        }

        return set;
    }

    /// <inheritdoc/>
    public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        calls.RunAsync(token => inner.SelectSeriesAsync(matchers, limit, token), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        calls.RunAsync(token => inner.LabelNamesAsync(matchers, limit, token), cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        calls.RunAsync(token => inner.LabelValuesAsync(name, matchers, limit, token), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        bool waits = calls.Settled.IsCompleted;
        GuardedSeriesSet[] sets;
        lock (_sets)
        {
            sets = [.. _sets];
        }

        waits &= sets.All(static set => set.IsSettled);
        _release ??= Task.Run(() => ReleaseAllAsync(sets));
        if (waits)
        {
            await guard.ReleaseAsync(_release).ConfigureAwait(false);
        }
    }

    private async Task ReleaseAllAsync(GuardedSeriesSet[] sets)
    {
        try
        {
            foreach (GuardedSeriesSet set in sets)
            {
                await set.ReleaseAsync().ConfigureAwait(false);
            }

            await calls.Settled.ConfigureAwait(false);
            await inner.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            guard.NoteReleaseFailure(e);
        }
        finally
        {
            turn.Dispose();
        }
    }
}
