using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using RemoteStore.Tsdb.Flushing;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.Registry;

namespace RemoteStore.Tsdb.Querying;

/// <summary>View of one tenant's recent data. Matchers are resolved by the inverted index, samples come from memtables and parts.</summary>
/// <remarks>Keeps the registry it was opened with, so that labels it handed out stay valid until it is disposed, whatever eviction does.</remarks>
internal sealed class HeadQuerier : IQuerier
{
    private readonly TenantHead _head;
    private readonly PartCatalog _catalog;
    private readonly QueryRange _range;
    private readonly SeriesRegistry _registry;
    private readonly long _ticket;
    private bool _disposed;

    public HeadQuerier(TenantHead head, PartCatalog catalog, QueryRange range)
    {
        _head = head;
        _catalog = catalog;
        _range = range;
        _ticket = head.Readers.Enter(); // first: what a cut moves from here on stays in the parts until this view ends
        _registry = head.Series.RetainRegistry();
    }

    /// <inheritdoc/>
    public IReadOnlyList<MissingData> Missing => [];

    /// <inheritdoc/>
    public ValueTask<ISeriesSet> SelectAsync(bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
    {
        uint[] refs = SelectRefs(matchers, cancellationToken);
        if (sorted)
        {
            SortByLabels(refs);
        }

        var range = new QueryRange(Math.Max(_range.MinTime, hints.Range.MinTime), Math.Min(_range.MaxTime, hints.Range.MaxTime));
        return new(new HeadSeriesSet(_head, _catalog, _registry, range, refs, hints.LabelsOnly));
    }

    /// <inheritdoc/>
    public ValueTask<LimitedList<LabelSet>> SelectSeriesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        uint[] refs = SelectRefs(matchers, cancellationToken);
        refs = [.. refs.Where(MayHaveSamples)];
        SortByLabels(refs);
        int count = limit > 0 ? Math.Min(limit, refs.Length) : refs.Length;
        var series = new LabelSet[count];
        for (int i = 0; i < count; i++)
        {
            series[i] = new LabelSet(_registry.GetLabelMemory(new SeriesRef(refs[i])));
        }

        return new(new LimitedList<LabelSet>(series, count < refs.Length));
    }

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = _registry.Index.LabelNames(matchers, limit, _registry.RefEnd, _registry, out bool truncated, cancellationToken);
        return new(new LimitedList<string>(names, truncated));
    }

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> values = _registry.Index.LabelValues(name, matchers, limit, _registry.RefEnd, _registry, out bool truncated, cancellationToken);
        return new(new LimitedList<string>(values, truncated));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        if (!_disposed)
        {
            _disposed = true;
            _registry.Dispose();
            _head.Readers.Leave(_ticket);
        }

        return ValueTask.CompletedTask;
    }

    private uint[] SelectRefs(IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken) =>
        _registry.Index.Select(matchers, _registry.RefEnd, _registry, cancellationToken);

    /// <summary>False only when the registry knows that all samples of the series lie outside the range.</summary>
    private bool MayHaveSamples(uint seriesRef)
    {
        if (!_head.StatesAreComplete)
        {
            return true;
        }

        ref SeriesState state = ref _registry.State(new SeriesRef(seriesRef));
        return state.LastTimestamp == long.MinValue || _range.Overlaps(state.FirstTimestamp, state.LastTimestamp);
    }

    private void SortByLabels(uint[] refs)
    {
        Array.Sort(refs, (a, b) => LabelSet.Compare(_registry.GetLabels(new SeriesRef(a)), _registry.GetLabels(new SeriesRef(b))));
    }
}
