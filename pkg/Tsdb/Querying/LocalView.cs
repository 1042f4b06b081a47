using RemoteStore.Blocks.Local;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Tsdb.Querying;

/// <summary>The view that the store gives out: tells what it holds, and what damage has cost the range it is of, whether found before or by this view.</summary>
internal sealed class LocalView(IQuerier inner, LocalHoldings holdings, Func<IReadOnlyList<MissingData>> losses) : ILocalView
{
    /// <inheritdoc/>
    public LocalHoldings Holdings => holdings;

    /// <inheritdoc/>
    public IReadOnlyList<MissingData> Missing => PartialReads.Union(losses(), inner.Missing);

    /// <inheritdoc/>
    public ValueTask<ISeriesSet> SelectAsync(bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken) =>
        inner.SelectAsync(sorted, hints, matchers, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        inner.SelectSeriesAsync(matchers, limit, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        inner.LabelNamesAsync(matchers, limit, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        inner.LabelValuesAsync(name, matchers, limit, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
