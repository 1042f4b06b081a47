using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;
using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Operators;

/// <summary>Series of a range selector, as stored but for stale markers, which no range contains.</summary>
internal sealed class StorageRangeSource : RangeSource
{
    private readonly QueryContext _query;
    private readonly SelectedSeries _series;
    private readonly StoredColumns _columns;
    private SeriesBatch? _batch;
    private int _next;

    public StorageRangeSource(QueryContext query, StepGrid grid, SeriesSelection selection, SelectorWindow window)
    {
        _query = query;
        Selection = selection;
        _series = new SelectedSeries(query, selection, window.Hints(grid, selection));
        _columns = new StoredColumns(query.Memory, query.Options.UseStartTimestamps, selection.DetectsResets);
    }

    /// <inheritdoc/>
    public override SeriesTraits Traits => Selection.Traits;

    /// <summary>What is selected.</summary>
    public SeriesSelection Selection { get; }

    /// <inheritdoc/>
    public override ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        _batch ??= _query.Pools.Batches.Rent();
        _next = 0;
        return _series.ReadAsync(_batch, cancellationToken);
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row, out RangeColumns columns)
    {
        columns = default;
        if (_batch is null || _next >= _batch.Count)
        {
            return false;
        }

        row.Begin(_batch.Labels(_next).Bytes.Span, dropName: false);
        columns = _columns.Of(_batch, _next++);
        return true;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _series.DisposeAsync().ConfigureAwait(false);
        _columns.Dispose();
        if (_batch is not null)
        {
            _query.Pools.Batches.Return(_batch);
            _batch = null;
        }
    }
}
