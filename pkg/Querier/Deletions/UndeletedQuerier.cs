using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Deleting;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Querier.Deletions;

/// <summary>A view without what is deleted: samples in selects, and in lists the series that have nothing left in the range.</summary>
internal sealed class UndeletedQuerier(IQuerier inner, SeriesDeletions deletions, QueryRange range) : IQuerier
{
    private readonly VanishedSeries _vanished = new(inner, deletions.Within(range), range);

    /// <inheritdoc/>
    public IReadOnlyList<MissingData> Missing => inner.Missing;

    /// <inheritdoc/>
    public async ValueTask<ISeriesSet> SelectAsync(
        bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
    {
        // A window that a deletion cuts tells of deleted samples too. Without a function and a resolution to accept storage takes windows only where it has
        // nothing else. What is left of one that is cut are its ends, so these have to be there.
        SelectHints asked = hints.AcceptsWindows ? hints with { Function = "", MaxResolutionMs = 0, Columns = WindowColumns.All } : hints;
        ISeriesSet set = await inner.SelectAsync(sorted, asked, matchers, cancellationToken).ConfigureAwait(false);
        return new UndeletedSeriesSet(set, deletions, hints);
    }

    /// <inheritdoc/>
    public async ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(
        IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        HashSet<LabelSet> gone = await _vanished.FindAsync(matchers, cancellationToken).ConfigureAwait(false);
        if (gone.Count == 0)
        {
            return await inner.SelectSeriesAsync(matchers, limit, cancellationToken).ConfigureAwait(false);
        }

        int enough = limit == 0 || limit > int.MaxValue - gone.Count - 1 ? 0 : limit + gone.Count;
        LimitedList<LabelSet> all = await inner.SelectSeriesAsync(matchers, enough, cancellationToken).ConfigureAwait(false);
        return Cut([.. all.Items.Where(labels => !gone.Contains(labels))], limit, all.Truncated);
    }

    /// <inheritdoc/>
    public async ValueTask<LimitedList<string>> LabelNamesAsync(
        IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        HashSet<LabelSet> gone = await _vanished.FindAsync(matchers, cancellationToken).ConfigureAwait(false);
        if (gone.Count == 0)
        {
            return await inner.LabelNamesAsync(matchers, limit, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlySet<string> lost = await _vanished.FindNamesAsync(matchers, gone, cancellationToken).ConfigureAwait(false);
        LimitedList<string> all = await inner.LabelNamesAsync(matchers, 0, cancellationToken).ConfigureAwait(false);
        return Cut([.. all.Items.Where(name => !lost.Contains(name))], limit, all.Truncated);
    }

    /// <inheritdoc/>
    public async ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        HashSet<LabelSet> gone = await _vanished.FindAsync(matchers, cancellationToken).ConfigureAwait(false);
        if (gone.Count == 0)
        {
            return await inner.LabelValuesAsync(name, matchers, limit, cancellationToken).ConfigureAwait(false);
        }

        IReadOnlySet<string> lost = await _vanished.FindValuesAsync(name, matchers, gone, cancellationToken).ConfigureAwait(false);
        LimitedList<string> all = await inner.LabelValuesAsync(name, matchers, 0, cancellationToken).ConfigureAwait(false);
        return Cut([.. all.Items.Where(value => !lost.Contains(value))], limit, all.Truncated);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private static LimitedList<T> Cut<T>(List<T> items, int limit, bool truncated) =>
        limit > 0 && items.Count > limit ? new(items.GetRange(0, limit), true) : new(items, truncated);
}
