namespace RemoteStore.QueryFrontend.Caching;

/// <summary>
/// Keeps answers for as long as it likes. It need not know whether they still hold: extents carry what tells that. Safe for concurrent use; of two writers of a
/// key one wins.
/// </summary>
internal interface IResultsCache
{
    /// <summary>What is kept under the key, or null.</summary>
    ValueTask<CachedResults?> GetAsync(ResultsCacheKey key, CancellationToken cancellationToken);

    /// <summary>Keeps results in place of what was there.</summary>
    ValueTask SetAsync(ResultsCacheKey key, CachedResults results, CancellationToken cancellationToken);
}
