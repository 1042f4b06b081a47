using RemoteStore.PromQL.Execution;

namespace RemoteStore.PromQL.Operators.Sharing;

/// <summary>One of the uses of a vector that stands in a query more than once (<see cref="SharedRows"/>).</summary>
internal sealed class SharedOperator : SeriesOperator
{
    private readonly SharedRows _shared;
    private SeriesOperator? _rest;
    private bool _isRead;
    private bool _isKept;
    private bool _inRest;
    private int _next;

    /// <summary>Creates one more use.</summary>
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
            (_isKept, _rest) = await _shared.ReadAsync(this, cancellationToken).ConfigureAwait(false);
        }

        if (_isKept && _next < _shared.Rows!.Count)
        {
            return true;
        }

        _inRest = _rest is not null;
        return _inRest && await _rest!.LoadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row)
    {
        if (_isKept && _next < _shared.Rows!.Count)
        {
            _shared.Rows.CopyTo(_next++, row);
            return true;
        }

        // The part was left in the middle of a batch: what remains of that comes before more is loaded.
        _inRest |= _isKept && _rest is not null;
        return _inRest && _rest!.TryNext(row);
    }

    /// <inheritdoc/>
    protected override async ValueTask CloseAsync()
    {
        if (_rest is not null && !ReferenceEquals(_rest, _shared.Input))
        {
            await _rest.DisposeAsync().ConfigureAwait(false);
        }

        await _shared.DisposeAsync().ConfigureAwait(false);
    }
}
