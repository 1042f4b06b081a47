using RemoteStore.Blocks.Format;
using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Storage.Deleting;

namespace RemoteStore.BlockStore.Deletions;

/// <summary>
/// A request to delete series, and how far it is. What it deletes never changes; its progress is written by the one process that compacts the tenant.
/// </summary>
/// <remarks>
/// It is over (<see cref="DeletionState.Done"/>) when every readable block of the bucket that overlaps its range is in <see cref="CleanBlocks"/> and no local store
/// holds samples of it outside of those. Until then all reads leave the samples out.
/// </remarks>
public sealed record DeletionJob
{
    /// <summary>Its name, a ULID: jobs sort by age.</summary>
    public required string Id { get; init; }

    /// <summary>Whose series.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>Sets of matchers, at least one; a series goes when it satisfies all matchers of any of them.</summary>
    public required IReadOnlyList<IReadOnlyList<LabelMatcher>> Selectors { get; init; }

    /// <summary>Times, inclusive; never behind the time when it was asked for.</summary>
    public required QueryRange Range { get; init; }

    /// <summary>When it was asked for, milliseconds since the Unix epoch.</summary>
    public required long CreatedAtMs { get; init; }

    /// <summary>How far it is.</summary>
    public DeletionState State { get; init; }

    /// <summary>When it was done; 0 before.</summary>
    public long FinishedAtMs { get; init; }

    /// <summary>Blocks of the bucket that hold nothing of it: written anew without it, or found to have nothing. Those that are gone may be left out.</summary>
    public IReadOnlyList<BlockId> CleanBlocks { get; init; } = [];

    /// <summary>Samples removed so far, copies in several blocks each counted.</summary>
    public long SamplesRemoved { get; init; }

    /// <summary>True while reads have to leave its samples out.</summary>
    public bool IsOpen => State != DeletionState.Done;

    /// <summary>What it deletes.</summary>
    public IEnumerable<SeriesDeletion> Deletions => Selectors.Select(matchers => new SeriesDeletion(matchers, Range));

    /// <summary>The job in words.</summary>
    public DeletionReport ToReport() => new(
        Id, [.. Selectors.Select(static matchers => "{" + string.Join(", ", matchers) + "}")], Range, CreatedAtMs, State)
    {
        FinishedAtMs = FinishedAtMs,
        BlocksDone = CleanBlocks.Count,
        SamplesRemoved = SamplesRemoved,
    };
}
