namespace RemoteStore.QueryFrontend.Caching;

/// <summary>Keeps results in this process, up to a number of bytes; what was not asked for the longest goes first.</summary>
/// <param name="maxBytes">Bound of the sum of sizes.</param>
/// <param name="metrics">Where it counts.</param>
internal sealed class InMemoryResultsCache(long maxBytes, QueryFrontendMetrics metrics) : IResultsCache
{
    private readonly Lock _lock = new(); // guards everything below
    private readonly Dictionary<ResultsCacheKey, LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new(); // latest first
    private long _bytes;

    /// <summary>Sum of sizes of what is kept.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<CachedResults?> GetAsync(ResultsCacheKey key, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out LinkedListNode<Entry>? node))
            {
                return new((CachedResults?)null);
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return new(node.Value.Results);
        }
    }

    /// <inheritdoc/>
    public ValueTask SetAsync(ResultsCacheKey key, CachedResults results, CancellationToken cancellationToken)
    {
        long size = SizeOf(key, results);
        int evicted = 0;
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out LinkedListNode<Entry>? old))
            {
                Remove(old);
            }

            if (size <= maxBytes)
            {
                while (_bytes > maxBytes - size)
                {
                    Remove(_byUse.Last!);
                    evicted++;
                }

                _entries[key] = _byUse.AddFirst(new Entry(key, results, size));
                _bytes += size;
            }

            metrics.CacheHolds(_bytes);
        }

        metrics.Evicted(evicted);
        return ValueTask.CompletedTask;
    }

    private static long SizeOf(ResultsCacheKey key, CachedResults results) => 256 + (2 * key.Query.Length) + results.SizeBytes;

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove(node.Value.Key);
        _bytes -= node.Value.SizeBytes;
    }

    private sealed record Entry(ResultsCacheKey Key, CachedResults Results, long SizeBytes);
}
