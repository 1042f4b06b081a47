using System.Diagnostics.CodeAnalysis;

namespace RemoteStore.PromQL.Planning;

/// <summary>
/// Queries that were prepared lately, by their text; what was not asked for the longest goes first. Bounded in number and bytes. Queries that do not parse are
/// not kept. Safe for concurrent use.
/// </summary>
/// <param name="maxQueries">Most queries kept; 0 keeps none.</param>
/// <param name="maxBytes">Most bytes kept, by <see cref="PreparedQuery.SizeBytes"/>.</param>
internal sealed class PlanCache(int maxQueries, long maxBytes)
{
    private readonly Lock _lock = new(); // guards _byText, _byUse and _bytes
    private readonly Dictionary<string, LinkedListNode<Entry>> _byText = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byUse = [];
    private long _bytes;
    private long _hits;
    private long _misses;

    /// <summary>How often a query was found.</summary>
    public long Hits => Interlocked.Read(ref _hits);

    /// <summary>How often a query was not found.</summary>
    public long Misses => Interlocked.Read(ref _misses);

    /// <summary>Queries kept now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _byText.Count;
            }
        }
    }

    /// <summary>Bytes kept now.</summary>
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

    /// <summary>Finds a query.</summary>
    public bool TryGet(string text, [NotNullWhen(true)] out PreparedQuery? query)
    {
        lock (_lock)
        {
            if (_byText.TryGetValue(text, out LinkedListNode<Entry>? node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                query = node.Value.Query;
                Interlocked.Increment(ref _hits);
                return true;
            }
        }

        Interlocked.Increment(ref _misses);
        query = null;
        return false;
    }

    /// <summary>Keeps a query, unless it is there already or takes more than a sixteenth of the room.</summary>
    public void Add(string text, PreparedQuery query)
    {
        if (maxQueries <= 0 || query.SizeBytes > maxBytes / 16)
        {
            return;
        }

        lock (_lock)
        {
            if (_byText.ContainsKey(text))
            {
                return; // another evaluation of the same query came first
            }

            _byText.Add(text, _byUse.AddFirst(new Entry(text, query)));
            _bytes += query.SizeBytes;
            while (_byText.Count > maxQueries || _bytes > maxBytes)
            {
                Entry oldest = _byUse.Last!.Value;
                _byUse.RemoveLast();
                _byText.Remove(oldest.Text);
                _bytes -= oldest.Query.SizeBytes;
            }
        }
    }

    private sealed record Entry(string Text, PreparedQuery Query);
}
