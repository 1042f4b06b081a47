namespace RemoteStore.Tsdb.Heads;

/// <summary>
/// Tells whether queries are under way that began before a moment. A query lists the blocks once, at its beginning, but looks at the parts again for each
/// batch; so what a new block holds may leave the parts only when no query is left that does not know the block. Safe for concurrent use.
/// </summary>
internal sealed class ReaderGate
{
    private readonly Lock _lock = new(); // guards both fields
    private readonly SortedSet<long> _inside = [];
    private long _next;

    /// <summary>The moment: queries that enter from now on have this ticket or a higher one.</summary>
    public long Now
    {
        get
        {
            lock (_lock)
            {
                return _next;
            }
        }
    }

    /// <summary>A query begins; to be called before it looks at anything.</summary>
    /// <returns>Its ticket, to leave with.</returns>
    public long Enter()
    {
        lock (_lock)
        {
            _inside.Add(_next);
            return _next++;
        }
    }

    /// <summary>A query ends.</summary>
    public void Leave(long ticket)
    {
        lock (_lock)
        {
            _inside.Remove(ticket);
        }
    }

    /// <summary>True when no query is under way that entered before the moment.</summary>
    public bool HaveAllLeft(long moment)
    {
        lock (_lock)
        {
            return _inside.Count == 0 || _inside.Min >= moment;
        }
    }
}
