using System.Collections.Immutable;
using RemoteStore.Blocks.Merging;
using RemoteStore.Blocks.Parts;
using RemoteStore.Model;

namespace RemoteStore.Tsdb.Flushing;

/// <summary>A part that queries may read. The file handle closes when the catalog and the last reader have let go.</summary>
internal sealed class LivePart
{
    /// <summary>Stands for rows that came before the start of the process, which numbers rows anew.</summary>
    public const long NoRow = -1;

    private readonly PartOrigin _origin;
    private volatile ImmutableSortedSet<TenantId> _dropped;
    private volatile bool _awaitsDrop;
    private int _references = 1;

    public LivePart(PartReader reader, PartOrigin origin, ImmutableSortedSet<TenantId>? dropped = null)
    {
        Reader = reader;
        _origin = origin;
        _dropped = dropped ?? [];
    }

    /// <summary>Open file.</summary>
    public PartReader Reader { get; }

    /// <summary>What the manifest says of it.</summary>
    public PartInfo Info => Reader.Info;

    /// <summary>Tenants whose rows in it do not count any more: they are in blocks. Set under <see cref="PartCatalog.Changes"/>.</summary>
    public ImmutableSortedSet<TenantId> Dropped
    {
        get => _dropped;
        set => _dropped = value;
    }

    /// <summary>
    /// True from the moment a block shows rows of this part until they are dropped from it. A merge would carry them on into a part that the block does not
    /// name, so the part is left out of merges meanwhile.
    /// </summary>
    public bool AwaitsDrop
    {
        get => _awaitsDrop;
        set => _awaitsDrop = value;
    }

    /// <summary>When the oldest of its rows was flushed from memory, or the start of the process; milliseconds since the Unix epoch.</summary>
    public long GatheredSinceMs => _origin.GatheredSinceMs;

    /// <summary>The part as the input of a merge.</summary>
    public MergeInput Input => new(Reader, _dropped.IsEmpty ? null : _dropped);

    /// <summary>Rows that count, floats and histograms.</summary>
    public long LiveRows => Info.Rows + Info.HistogramRows - _dropped.Sum(tenant => Reader.ExtentOf(tenant)?.Rows ?? 0);

    /// <summary>True when rows of the tenant in it count.</summary>
    public bool Holds(TenantId tenant) => Reader.HasTenant(tenant) && !_dropped.Contains(tenant);

    /// <summary>Lowest row number that the tenant's rows in it may have; <see cref="NoRow"/> when some are from before the start.</summary>
    public long FirstRow(TenantId tenant) => _origin.FirstRows.GetValueOrDefault(tenant, NoRow);

    /// <summary>Takes a reference; false when the part is closed already.</summary>
    public bool TryRetain()
    {
        int seen = Volatile.Read(ref _references);
        while (seen > 0)
        {
            int before = Interlocked.CompareExchange(ref _references, seen + 1, seen);
            if (before == seen)
            {
                return true;
            }

            seen = before;
        }

        return false;
    }

    /// <summary>Gives up a reference.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) == 0)
        {
            Reader.Dispose();
        }
    }
}
