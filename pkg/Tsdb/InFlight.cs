namespace RemoteStore.Tsdb;

/// <summary>Counts operations under way so that shutdown can wait for them.</summary>
internal sealed class InFlight
{
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count = 1; // the store itself, until it drains

    /// <summary>Counts one operation; dispose the entry at its end.</summary>
    public Entry Enter()
    {
        Interlocked.Increment(ref _count);
        return new Entry(this);
    }

    /// <summary>Completes when no operation is under way; call once, after new ones are refused.</summary>
    public Task DrainAsync()
    {
        Leave();
        return _empty.Task;
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _count) == 0)
        {
            _empty.TrySetResult();
        }
    }

    /// <summary>One operation.</summary>
    public readonly struct Entry(InFlight owner) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => owner.Leave();
    }
}
