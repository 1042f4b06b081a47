using System.Collections.Immutable;
using RemoteStore.Storage.Deleting;

namespace RemoteStore.BlockStore.Deletions;

/// <summary>The deletions of one tenant as they were read or made last. Changed under <see cref="Gate"/>, read without it.</summary>
internal sealed class TenantDeletions
{
    private volatile IReadOnlyList<string> _listed = [];
    private volatile bool _listsOther;
    private volatile State _state = new([], SeriesDeletions.None, IsLoaded: false, IsDoubtful: false, 0);

    /// <summary>One change at a time, so that an older listing never takes the place of a newer job.</summary>
    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>True once they were read.</summary>
    public bool IsLoaded => _state.IsLoaded;

    /// <summary>What reads leave out.</summary>
    public SeriesDeletions Pending => _state.Pending;

    /// <summary>All jobs, oldest first.</summary>
    public IReadOnlyList<DeletionJob> All => _state.Jobs;

    /// <summary>Those that are not over.</summary>
    public IReadOnlyList<DeletionJob> Open => [.. _state.Jobs.Where(static job => job.IsOpen)];

    /// <summary>True while they need not be read again: nothing can be over that was not open.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="refreshEvery">How often they are read again while some are open.</param>
    /// <param name="retryEvery">How often while they could not be read: there may be one that is not known.</param>
    public bool IsFresh(TimeProvider time, TimeSpan refreshEvery, TimeSpan retryEvery) =>
        !_listsOther && _state is { IsLoaded: true } state
        && ((state.Pending.IsEmpty && !state.IsDoubtful) || time.GetElapsedTime(state.ReadAt) < (state.IsDoubtful ? retryEvery : refreshEvery));

    /// <summary>Takes note of the jobs that the bucket index lists: when one is not known, which another process has made, they are to be read. Needs no gate.</summary>
    public void Learn(IReadOnlyList<string> listed)
    {
        if (ReferenceEquals(listed, _listed))
        {
            return; // each read asks
        }

        State state = _state;
        _listsOther |= state.IsLoaded && listed.Except(state.Jobs.Select(static job => job.Id), StringComparer.Ordinal).Any();
        _listed = listed;
    }

    /// <summary>What is listed from now on is seen by the reading that begins.</summary>
    public void BeginReading() => _listsOther = false;

    /// <summary>Takes over what was read.</summary>
    /// <returns>True when samples are deleted that were not before, as far as was known.</returns>
    public bool Replace(IEnumerable<DeletionJob> jobs, long readAt)
    {
        State former = _state;
        ImmutableArray<DeletionJob> sorted = [.. jobs.OrderBy(static job => job.Id, StringComparer.Ordinal)];
        _state = new(sorted, PendingOf(sorted), IsLoaded: true, IsDoubtful: false, readAt);
        return former.IsLoaded && sorted.Any(job => job.IsOpen && !former.Jobs.Any(known => known.Id == job.Id));
    }

    /// <summary>Adds a job, or takes it for the one of the same name.</summary>
    public void Put(DeletionJob job)
    {
        State state = _state;
        ImmutableArray<DeletionJob> jobs = [.. state.Jobs.Where(known => known.Id != job.Id).Append(job).OrderBy(static known => known.Id, StringComparer.Ordinal)];
        _state = state with { Jobs = jobs, Pending = PendingOf(jobs) };
    }

    /// <summary>A job may have been written or not: they are to be read again at once.</summary>
    public void Doubt() => _state = _state with { IsDoubtful = true, ReadAt = long.MinValue / 2 };

    /// <summary>They could not be read and are to be read later.</summary>
    public void Postpone(long readAt) => _state = _state with { ReadAt = readAt, IsDoubtful = true };

    private static SeriesDeletions PendingOf(ImmutableArray<DeletionJob> jobs) => new(jobs.Where(static job => job.IsOpen).SelectMany(static job => job.Deletions));

    private sealed record State(ImmutableArray<DeletionJob> Jobs, SeriesDeletions Pending, bool IsLoaded, bool IsDoubtful, long ReadAt);
}
