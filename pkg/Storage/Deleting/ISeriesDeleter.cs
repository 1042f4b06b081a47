using RemoteStore.Model;
using RemoteStore.Model.Labels;

namespace RemoteStore.Storage.Deleting;

/// <summary>Deletes series: at once for everybody who reads, physically later, in the background. Safe for concurrent use.</summary>
public interface ISeriesDeleter
{
    /// <summary>
    /// Deletes samples. When the call returns no read sees them any more, now or after a crash. Samples that come later are not concerned: times behind now are
    /// cut off the range.
    /// </summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="selectors">Sets of matchers, at least one; a series goes when it satisfies all matchers of any of them.</param>
    /// <param name="range">Times, inclusive.</param>
    /// <param name="cancellationToken">Gives up; the samples may be deleted or not.</param>
    /// <returns>What is to be done.</returns>
    /// <exception cref="StorageUnavailableException">The request could not be stored: nothing is deleted.</exception>
    ValueTask<DeletionReport> DeleteAsync(
        TenantId tenant, IReadOnlyList<IReadOnlyList<LabelMatcher>> selectors, QueryRange range, CancellationToken cancellationToken);

    /// <summary>Begins to remove what is deleted physically, without waiting for the usual time.</summary>
    /// <exception cref="StorageUnavailableException">The deletions cannot be known now.</exception>
    ValueTask RemoveNowAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>All deletions of a tenant, finished ones included as long as they are remembered, oldest first.</summary>
    /// <exception cref="StorageUnavailableException">They cannot be read now.</exception>
    ValueTask<IReadOnlyList<DeletionReport>> ListAsync(TenantId tenant, CancellationToken cancellationToken);
}

/// <summary>How far a deletion is; numbers are persisted, never renumber.</summary>
public enum DeletionState : byte
{
    /// <summary>Left out of all reads; nothing is removed physically yet.</summary>
    Pending = 0,

    /// <summary>Some of it is removed.</summary>
    Processing = 1,

    /// <summary>Nothing of it is stored any more.</summary>
    Done = 2,
}

/// <summary>A deletion, as told to operators.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Selectors">What it deletes, as in queries.</param>
/// <param name="Range">Times, inclusive, milliseconds since the Unix epoch.</param>
/// <param name="CreatedAtMs">When it was asked for.</param>
/// <param name="State">How far it is.</param>
public sealed record DeletionReport(string Id, IReadOnlyList<string> Selectors, QueryRange Range, long CreatedAtMs, DeletionState State)
{
    /// <summary>When the last of it was removed; 0 before.</summary>
    public long FinishedAtMs { get; init; }

    /// <summary>Blocks that hold nothing of it, or nothing any more.</summary>
    public int BlocksDone { get; init; }

    /// <summary>Samples removed physically so far, copies of one sample in several blocks each counted.</summary>
    public long SamplesRemoved { get; init; }
}
