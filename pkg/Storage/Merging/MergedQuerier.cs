using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Storage.Merging;

/// <summary>
/// One view over several of the same tenant, which may hold the same series and the same samples: recent data and blocks, or replicas. Knows nothing of
/// them but the contract.
/// </summary>
/// <remarks>Not safe for concurrent use. Asks its views one after another.</remarks>
public sealed class MergedQuerier : IQuerier
{
    private readonly IReadOnlyList<IQuerier> _queriers;

    private MergedQuerier(IReadOnlyList<IQuerier> queriers) => _queriers = queriers;

    /// <inheritdoc/>
    public IReadOnlyList<MissingData> Missing => PartialReads.Union(_queriers.Select(static querier => querier.Missing));

    /// <summary>Joins views and takes them over; a single one is given back as it is.</summary>
    /// <param name="queriers">At least one.</param>
    public static IQuerier Over(IReadOnlyList<IQuerier> queriers)
    {
        ArgumentNullException.ThrowIfNull(queriers);
        ArgumentOutOfRangeException.ThrowIfZero(queriers.Count);
        return queriers.Count == 1 ? queriers[0] : new MergedQuerier(queriers);
    }

    /// <inheritdoc/>
    public async ValueTask<ISeriesSet> SelectAsync(
        bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
    {
        var sets = new List<ISeriesSet>(_queriers.Count);
        try
        {
            foreach (IQuerier querier in _queriers)
            {
                sets.Add(await querier.SelectAsync(sorted: true, hints, matchers, cancellationToken).ConfigureAwait(false));
            }
        }
        catch
        {
            foreach (ISeriesSet set in sets)
            {
                await set.DisposeAsync().ConfigureAwait(false);
            }

            throw;
        }

        return new MergedSeriesSet(sets);
    }

    /// <inheritdoc/>
    public async ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(
        IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        var lists = new List<LimitedList<LabelSet>>(_queriers.Count);
        foreach (IQuerier querier in _queriers)
        {
            lists.Add(await querier.SelectSeriesAsync(matchers, limit, cancellationToken).ConfigureAwait(false));
        }

        return LimitedLists.Merge(lists, Comparer<LabelSet>.Default, limit);
    }

    /// <inheritdoc/>
    public async ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        var lists = new List<LimitedList<string>>(_queriers.Count);
        foreach (IQuerier querier in _queriers)
        {
            lists.Add(await querier.LabelNamesAsync(matchers, limit, cancellationToken).ConfigureAwait(false));
        }

        return LimitedLists.Merge(lists, Utf8Order.Instance, limit);
    }

    /// <inheritdoc/>
    public async ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        var lists = new List<LimitedList<string>>(_queriers.Count);
        foreach (IQuerier querier in _queriers)
        {
            lists.Add(await querier.LabelValuesAsync(name, matchers, limit, cancellationToken).ConfigureAwait(false));
        }

        return LimitedLists.Merge(lists, Utf8Order.Instance, limit);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (IQuerier querier in _queriers)
        {
            await querier.DisposeAsync().ConfigureAwait(false);
        }
    }
}
