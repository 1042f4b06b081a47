using RemoteStore.Storage.Querying;

namespace RemoteStore.Storage.Merging;

/// <summary>A series set whose first batch was read already, so that the first batches of many sets can be read side by side.</summary>
internal sealed class PrimedSeriesSet : ISeriesSet
{
    private readonly ISeriesSet _inner;
    private readonly bool _hasFirst;
    private SeriesBatch? _given; // the consumer's batch for what was read into another
    private bool _primed = true;

    private PrimedSeriesSet(ISeriesSet inner, bool hasFirst)
    {
        _inner = inner;
        _hasFirst = hasFirst;
    }

    /// <inheritdoc/>
    public SeriesBatch Current
    {
        get => _given ?? _inner.Current;
        set
        {
            if (_primed)
            {
                _given = value;
            }
            else
            {
                _inner.Current = value;
            }
        }
    }

    /// <summary>Takes over a set and reads its first batch.</summary>
    public static async ValueTask<ISeriesSet> ReadAsync(ISeriesSet inner, CancellationToken cancellationToken)
    {
        try
        {
            return new PrimedSeriesSet(inner, await inner.MoveNextAsync(cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            await inner.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<bool> MoveNextAsync(CancellationToken cancellationToken)
    {
        if (!_primed)
        {
            return _inner.MoveNextAsync(cancellationToken);
        }

        _primed = false;
        if (_given is { } batch)
        {
            batch.Clear();
            for (int i = 0; i < _inner.Current.Count; i++)
            {
                batch.AddCopy(_inner.Current, i);
            }

            _inner.Current = batch;
            _given = null;
        }

        return new(_hasFirst);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
