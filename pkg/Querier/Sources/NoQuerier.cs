using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Querier.Sources;

/// <summary>View of times that no source covers.</summary>
internal sealed class NoQuerier : IQuerier, ISeriesSet
{
    /// <summary>The one instance; it has no state.</summary>
    public static NoQuerier Instance { get; } = new();

    /// <inheritdoc/>
    public IReadOnlyList<MissingData> Missing => [];

    /// <inheritdoc/>
    public SeriesBatch Current { get; } = new();

    /// <inheritdoc/>
    public ValueTask<ISeriesSet> SelectAsync(bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken) =>
        new(this);

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
    public ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken) => new(false);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
