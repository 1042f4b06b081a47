using RemoteStore.Blocks.Parts;

namespace RemoteStore.Tsdb.Flushing;

/// <summary>A part that queries may read. The file handle closes when the catalog and the last reader have let go.</summary>
internal sealed class LivePart
{
    private int _references = 1;

    public LivePart(PartReader reader) => Reader = reader;

    /// <summary>Open file.</summary>
    public PartReader Reader { get; }

    /// <summary>What the manifest says of it.</summary>
    public PartInfo Info => Reader.Info;

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
