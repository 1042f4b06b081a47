using RemoteStore.Compactor.Planning;

namespace RemoteStore.Compactor;

/// <summary>Settings of the compactor.</summary>
public sealed record CompactorOptions
{
    /// <summary>Folder for blocks on their way; emptied at start.</summary>
    public required string WorkDirectory { get; init; }

    /// <summary>Time between two listings of a tenant, at whose pace readers learn of new blocks in the bucket, and two looks at what is to be done.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Time between the mark of a block and its removal, in which every reader has loaded an index that does without it, and every query over it has ended.</summary>
    public TimeSpan DeletionDelay { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Time after its last object when an upload without <c>meta.json</c> is taken for broken off.</summary>
    public TimeSpan PartialDelay { get; init; } = TimeSpan.FromHours(48);

    /// <summary>Wait before a tenant is tried again whose work did not succeed; doubles up to <see cref="MaxRetryDelay"/>.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest wait before a tenant is tried again.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>When which blocks are joined.</summary>
    public CompactionRules Rules { get; init; } = CompactionRules.Default;

    /// <summary>Throws when a value is out of bounds.</summary>
    /// <exception cref="ArgumentException">One of them is.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrEmpty(WorkDirectory);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Interval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(DeletionDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(PartialDelay, TimeSpan.FromMinutes(1));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RetryDelay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRetryDelay, RetryDelay);
        Rules.Validate();
    }
}
