namespace RemoteStore.Tsdb.Wal;

/// <summary>Everybody who waits for the same flush.</summary>
internal sealed class CommitRound
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the round's entries are durable; faults with <see cref="WalFailedException"/>.</summary>
    public Task Done => _done.Task;

    /// <summary>Everything the round covers is durable.</summary>
    public void Complete() => _done.TrySetResult();

    /// <summary>The log failed first.</summary>
    public void Fail(WalFailedException reason)
    {
        _done.TrySetException(reason);
        _ = _done.Task.Exception; // Whoever waits sees it; a waiter that went away is no unobserved error.
    }
}
