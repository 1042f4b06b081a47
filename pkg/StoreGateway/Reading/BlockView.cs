using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using RemoteStore.StoreGateway.Catalog;

namespace RemoteStore.StoreGateway.Reading;

/// <summary>A view of a stretch of one block, whose errors name the block.</summary>
/// <param name="block">The block.</param>
/// <param name="inner">Its own view; taken over.</param>
/// <param name="range">The stretch.</param>
/// <param name="leaveOutUnseen">See <see cref="SelectHints.MayLeaveOutUnseen"/>.</param>
/// <param name="faults">Makes gaps of errors.</param>
internal sealed class BlockView(GatewayBlock block, IQuerier inner, QueryRange range, bool leaveOutUnseen, BlockFaults faults) : IQuerier
{
    /// <inheritdoc/>
    public IReadOnlyList<MissingData> Missing => inner.Missing;

    /// <inheritdoc/>
    public async ValueTask<ISeriesSet> SelectAsync(
        bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
    {
        SelectHints own = hints with { Range = range, MayLeaveOutUnseen = leaveOutUnseen };
        return new Set(block, await AskAsync(() => inner.SelectAsync(sorted, own, matchers, cancellationToken)).ConfigureAwait(false), faults);
    }

    /// <inheritdoc/>
    public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        AskAsync(() => inner.SelectSeriesAsync(matchers, limit, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        AskAsync(() => inner.LabelNamesAsync(matchers, limit, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken) =>
        AskAsync(() => inner.LabelValuesAsync(name, matchers, limit, cancellationToken));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private ValueTask<T> AskAsync<T>(Func<ValueTask<T>> ask) => faults.GuardAsync(block, ask);

    private sealed class Set(GatewayBlock block, ISeriesSet inner, BlockFaults faults) : ISeriesSet
    {
        /// <inheritdoc/>
        public SeriesBatch Current
        {
            get => inner.Current;
            set => inner.Current = value;
        }

        /// <inheritdoc/>
        public ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken) => faults.GuardAsync(block, () => inner.MoveNextAsync(cancellationToken));

        /// <inheritdoc/>
        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
