namespace RemoteStore.Blocks.Format.Reading;

/// <summary>
/// How much of a block is read at once: what the place it lies in costs per request, against what it costs per byte. Bytes that are read and not needed are
/// cheap as long as they take no longer than a further request would.
/// </summary>
public sealed record BlockReadSizes
{
    /// <summary>A local disk: a read costs microseconds.</summary>
    public static BlockReadSizes Local { get; } = new()
    {
        WholeIndexBytes = 512 << 10,
        SharedIndexBytes = 512 << 10,
        IndexWindowBytes = 128 << 10,
        MaxGapBytes = 64 << 10,
        MaxRunBytes = 1 << 20,
    };

    /// <summary>
    /// Object storage: a request costs tens of milliseconds and money, the time of one to four MiB. What a query needs of an index lies in up to four places of
    /// which one leads to the next, so that 32 MiB in one read take no longer than they would.
    /// </summary>
    public static BlockReadSizes Remote { get; } = new()
    {
        WholeIndexBytes = 32 << 20,
        SharedIndexBytes = 4 << 20,
        IndexWindowBytes = 1 << 20,
        MaxGapBytes = 512 << 10,
        MaxRunBytes = 8 << 20,
    };

    /// <summary>Up to here a view of which the cache knows nothing reads the index in one piece.</summary>
    public required int WholeIndexBytes { get; init; }

    /// <summary>Up to here it does so also when the cache knows its directory, and readers without a share of memory keep it whole in the cache.</summary>
    public required int SharedIndexBytes { get; init; }

    /// <summary>Otherwise it is read in pieces of this size.</summary>
    public required int IndexWindowBytes { get; init; }

    /// <summary>Pages further apart are read apart: reading what lies between would cost more than a second read.</summary>
    public required int MaxGapBytes { get; init; }

    /// <summary>Most bytes of one read of pages, unless a single page or the pages of one series are larger.</summary>
    public required int MaxRunBytes { get; init; }
}
