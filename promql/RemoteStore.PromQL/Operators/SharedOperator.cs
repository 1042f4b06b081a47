using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators;

/// <summary>One of the occurrences of a part that stands in a query more than once (<see cref="SharedRows"/>).</summary>
internal sealed class SharedOperator : SeriesOperator
{
    private readonly SharedRows _shared;
    private RowStore? _rows;
    private SeriesOperator? _others;
    private bool _isRead;
    private bool _inOthers;
    private int _next;

    /// <summary>Creates one more occurrence.</summary>
    /// <param name="query">The query.</param>
    /// <param name="shared">The part.</param>
    /// <param name="meter">Counts what it would look at alone.</param>
    public SharedOperator(QueryContext query, SharedRows shared, SampleMeter meter)
        : base(query, shared.Grid)
    {
        _shared = shared;
        shared.Join(meter);
    }

    /// <inheritdoc/>
    public override SeriesTraits Traits => _shared.Input.Traits;

    /// <inheritdoc/>
    public override async ValueTask<bool> LoadAsync(CancellationToken cancellationToken)
    {
        if (!_isRead)
        {
            _isRead = true;
            (_rows, _others) = await _shared.ReadAsync(this, cancellationToken).ConfigureAwait(false);
        }

        if (_rows is not null && _next < _rows.Count)
        {
            return true;
        }

        _inOthers = _others is not null;
        return _inOthers && await _others!.LoadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        if (_rows is not null && _next < _rows.Count)
        {
            _rows.CopyTo(_next++, row);
            return true;
        }

        // The part was left in the middle of a batch: what remains of that comes before more is loaded.
        _inOthers |= _rows is not null && _others is not null;
        return _inOthers && _others!.TryNext(row);
    }

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        if (_others is not null && !ReferenceEquals(_others, _shared.Input))
        {
            await _others.DisposeAsync().ConfigureAwait(false);
        }

        await _shared.DisposeAsync().ConfigureAwait(false);
    }
}
