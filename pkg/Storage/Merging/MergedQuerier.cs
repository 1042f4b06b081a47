using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;

namespace RemoteStore.Storage.Merging;

/// <summary>
/// One view over several of the same tenant, which may hold the same series and the same samples: recent data and blocks, or replicas. Knows nothing of
/// them but the contract.
/// </summary>
/// <remarks>Not safe for concurrent use.</remarks>
public sealed class MergedQuerier : IQuerier
{
    private readonly IReadOnlyList<IQuerier> _queriers;
    private readonly int _concurrency;

    private MergedQuerier(IReadOnlyList<IQuerier> queriers, int concurrency)
    {
        _queriers = queriers;
        _concurrency = concurrency;
    }

    /// <inheritdoc/>
    public IReadOnlyList<MissingData> Missing => PartialReads.Union(_queriers.Select(static querier => querier.Missing));

    /// <summary>Joins views and takes them over; a single one is given back as it is.</summary>
    /// <param name="queriers">At least one.</param>
    /// <param name="concurrency">
    /// How many are asked, and give their first batch, at a time: more than 1 where a view waits for something far away. Then they are asked from several threads,
    /// each by one at a time.
    /// </param>
    public static IQuerier Over(IReadOnlyList<IQuerier> queriers, int concurrency = 1)
    {
        ArgumentNullException.ThrowIfNull(queriers);
        ArgumentOutOfRangeException.ThrowIfZero(queriers.Count);
        return queriers.Count == 1 ? queriers[0] : new MergedQuerier(queriers, concurrency);
    }

    /// <inheritdoc/>
    public async ValueTask<ISeriesSet> SelectAsync(
        bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
    {
        return new MergedSeriesSet(await AskAsync(OpenAsync, cancellationToken).ConfigureAwait(false));

        async ValueTask<ISeriesSet> OpenAsync(IQuerier querier, CancellationToken token)
        {
            ISeriesSet set = await querier.SelectAsync(sorted: true, hints, matchers, token).ConfigureAwait(false);
            return _concurrency > 1 ? await PrimedSeriesSet.ReadAsync(set, token).ConfigureAwait(false) : set;
        }
    }

    /// <inheritdoc/>
    public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        ListAsync((querier, token) => querier.SelectSeriesAsync(matchers, limit, token), Comparer<LabelSet>.Default, limit, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        ListAsync((querier, token) => querier.LabelNamesAsync(matchers, limit, token), Utf8Order.Instance, limit, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        ListAsync((querier, token) => querier.LabelValuesAsync(name, matchers, limit, token), Utf8Order.Instance, limit, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (IQuerier querier in _queriers)
        {
            await querier.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<LimitedList<T>> ListAsync<T>(
        Func<IQuerier, CancellationToken, ValueTask<LimitedList<T>>> ask, IComparer<T> order, int limit, CancellationToken cancellationToken)
    {
        var lists = new LimitedLists<T>(order, limit);
        _ = await AskAsync(AddAsync, cancellationToken).ConfigureAwait(false);
        return lists.ToList();

        async ValueTask<bool> AddAsync(IQuerier querier, CancellationToken token)
        {
            lists.Add(await ask(querier, token).ConfigureAwait(false));
            return true;
        }
    }

    private ValueTask<IReadOnlyList<T>> AskAsync<T>(Func<IQuerier, CancellationToken, ValueTask<T>> ask, CancellationToken cancellationToken) =>
        SideBySide.AskAsync(_queriers, _concurrency, ask, cancellationToken);
}
