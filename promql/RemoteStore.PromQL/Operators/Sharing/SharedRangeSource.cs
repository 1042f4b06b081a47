using RemoteStore.PromQL.Execution;
using RemoteStore.PromQL.Functions;

namespace RemoteStore.PromQL.Operators.Sharing;

/// <summary>One of the uses of a range selector that stands in a query more than once (<see cref="SharedRanges"/>).</summary>
internal sealed class SharedRangeSource : RangeSource
{
    private readonly SharedRanges _shared;
    private RangeSource? _rest;
    private bool _isRead;
    private bool _isKept;
    private bool _inRest;
    private int _next;

    /// <summary>Creates one more use.</summary>
    public SharedRangeSource(SharedRanges shared)
    {
        _shared = shared;
        shared.Join(SampleMeter.None); // who computes of a range counts what it takes
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

        if (_isKept && _next < _shared.Count)
        {
            return true;
        }

        _inRest = _rest is not null;
        return _inRest && await _rest!.LoadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override bool TryNext(StepSeries row, out RangeColumns columns)
    {
        if (_isKept && _next < _shared.Count)
        {
            columns = _shared[_next++].CopyTo(row);
            return true;
        }

        // The part was left in the middle of a batch: what remains of that comes before more is loaded.
        _inRest |= _isKept && _rest is not null;
        columns = default;
        return _inRest && _rest!.TryNext(row, out columns);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (_rest is not null && !ReferenceEquals(_rest, _shared.Input))
        {
            await _rest.DisposeAsync().ConfigureAwait(false);
        }

        await _shared.DisposeAsync().ConfigureAwait(false);
    }
}
