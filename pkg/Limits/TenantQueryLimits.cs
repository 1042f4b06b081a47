using RemoteStore.Model;

namespace RemoteStore.Limits;

/// <summary>What the queries of one tenant may cost. 0 leaves what holds for the whole process.</summary>
public sealed record TenantQueryLimits
{
    /// <summary>Name of the option behind <see cref="MaxQueued"/>, for messages.</summary>
    public const string MaxQueuedOption = "limits.max-queued-queries";

    /// <summary>Name of the option behind <see cref="MaxLength"/>, for messages.</summary>
    public const string MaxLengthOption = "limits.max-query-length";

    /// <summary>Most queries computed at once.</summary>
    public int MaxConcurrency { get; init; }

    /// <summary>Most queries that wait; further ones are refused. 0 = unlimited.</summary>
    public int MaxQueued { get; init; } = 1_000;

    /// <summary>Longest time that a query may take, waiting included.</summary>
    public TimeSpan Timeout { get; init; }

    /// <summary>Longest time range of a query, from its first to its last step or of one of its range selectors; 0 = unlimited.</summary>
    public TimeSpan MaxLength { get; init; }

    /// <summary>Downsampled data that queries take in place of raw samples when they do not say.</summary>
    public SourceResolution MaxSourceResolution { get; init; }

    /// <summary>Most samples that a query may hold at a time.</summary>
    public long MaxSamples { get; init; }

    /// <summary>Most series that a query may select.</summary>
    public long MaxSeries { get; init; }

    /// <summary>Most bytes that a query may hold at a time.</summary>
    public long MaxBytes { get; init; }
}
