using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Querier.Sources;

/// <summary>View of times that no source covers.</summary>
internal sealed class NoQuerier : IQuerier
{
    /// <summary>The one instance; it has no state.</summary>
    public static NoQuerier Instance { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<MissingData> Missing => [];

    /// <inheritdoc/>
    public ValueTask<ISeriesSet> SelectAsync(bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken) =>
        new(new EmptySet());

    /// <inheritdoc/>
    public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        new(new LimitedList<LabelSet>([], false));

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        new(new LimitedList<string>([], false));

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) => new(new LimitedList<string>([], false));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class EmptySet : ISeriesSet
    {
        public SeriesBatch Current { get; set; } = new();

        public ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
        {
            Current.Clear();
            return new(false);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
