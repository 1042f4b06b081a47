namespace RemoteStore.QueryFrontend.Caching;

/// <summary>What a cache holds of one key. Immutable.</summary>
/// <param name="Extents">Extents by their first step. Two overlap only where one of them is annotated.</param>
internal sealed record CachedResults(IReadOnlyList<ResultExtent> Extents)
{
    /// <summary>Nothing.</summary>
    public static CachedResults Empty { get; } = new([]);

    /// <summary>True when answers to this query carried annotations: then they are computed, and kept, in small pieces.</summary>
    public bool IsAnnotated { get; init; }

    /// <summary>Longest range that was asked for lately; what lies that far before a request is kept for the next ones.</summary>
    public long WidestMs { get; init; }

    /// <summary>Until when <see cref="WidestMs"/> holds, milliseconds since the Unix epoch.</summary>
    public long WidestUntilMs { get; init; }

    /// <summary>About what it takes in memory.</summary>
    public long SizeBytes { get; } = 256 + Extents.Sum(static extent => extent.SizeBytes);
}
