using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Querying;
using RemoteStore.Tsdb.Flushing;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.Registry;

namespace RemoteStore.Tsdb.Querying;

/// <summary>View of one tenant's recent data. Matchers are resolved by the inverted index, samples come from memtables and parts.</summary>
internal sealed class HeadQuerier : IQuerier
{
    private readonly TenantHead _head;
    private readonly PartCatalog _catalog;
    private readonly QueryRange _range;

    public HeadQuerier(TenantHead head, PartCatalog catalog, QueryRange range)
    {
        _head = head;
        _catalog = catalog;
        _range = range;
    }

    /// <inheritdoc/>
    public ValueTask<ISeriesSet> SelectAsync(bool sorted, SelectHints hints, IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken)
    {
        uint[] refs = SelectRefs(matchers, cancellationToken);
        if (sorted)
        {
            SortByLabels(refs);
        }

        var range = new QueryRange(Math.Max(_range.MinTime, hints.Range.MinTime), Math.Min(_range.MaxTime, hints.Range.MaxTime));
        return new(new HeadSeriesSet(_head, _catalog, range, refs, hints.LabelsOnly));
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
            series[i] = new LabelSet(_head.Registry.GetLabelMemory(new SeriesRef(refs[i])));
        }

        return new(new LimitedList<LabelSet>(series, count < refs.Length));
    }

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelNamesAsync(IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        SeriesRegistry registry = _head.Registry;
        IReadOnlyList<string> names = registry.Index.LabelNames(matchers, limit, registry.Count, registry, out bool truncated, cancellationToken);
        return new(new LimitedList<string>(names, truncated));
    }

    /// <inheritdoc/>
    public ValueTask<LimitedList<string>> LabelValuesAsync(
        string name, IReadOnlyList<LabelMatcher> matchers, int limit, CancellationToken cancellationToken)
    {
        SeriesRegistry registry = _head.Registry;
        IReadOnlyList<string> values = registry.Index.LabelValues(name, matchers, limit, registry.Count, registry, out bool truncated, cancellationToken);
        return new(new LimitedList<string>(values, truncated));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private uint[] SelectRefs(IReadOnlyList<LabelMatcher> matchers, CancellationToken cancellationToken) =>
        _head.Registry.Index.Select(matchers, _head.Registry.Count, _head.Registry, cancellationToken);

    /// <summary>False only when the registry knows that all samples of the series lie outside the range.</summary>
    private bool MayHaveSamples(uint seriesRef)
    {
        if (!_head.StatesAreComplete)
        {
            return true;
        }

        ref SeriesState state = ref _head.Registry.State(new SeriesRef(seriesRef));
        return state.LastTimestamp == long.MinValue || _range.Overlaps(state.FirstTimestamp, state.LastTimestamp);
    }

    private void SortByLabels(uint[] refs)
    {
        SeriesRegistry registry = _head.Registry;
        Array.Sort(refs, (a, b) => LabelSet.Compare(registry.GetLabels(new SeriesRef(a)), registry.GetLabels(new SeriesRef(b))));
    }
}
