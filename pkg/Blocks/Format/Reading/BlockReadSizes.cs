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
        IndexWindowBytes = 128 << 10,
        MaxGapBytes = 64 << 10,
        MaxRunBytes = 1 << 20,
    };

    /// <summary>Object storage: a request costs tens of milliseconds and money, the time of one to four MiB.</summary>
    public static BlockReadSizes Remote { get; } = new()
    {
        WholeIndexBytes = 4 << 20,
        IndexWindowBytes = 1 << 20,
        MaxGapBytes = 512 << 10,
        MaxRunBytes = 8 << 20,
    };

    /// <summary>Up to here the index is read in one piece.</summary>
    public required int WholeIndexBytes { get; init; }

    /// <summary>A larger index is read in pieces of this size.</summary>
    public required int IndexWindowBytes { get; init; }

    /// <summary>Pages further apart are read apart: reading what lies between would cost more than a second read.</summary>
    public required int MaxGapBytes { get; init; }

    /// <summary>Most bytes of one read of pages, unless a single page or the pages of one series are larger.</summary>
    public required int MaxRunBytes { get; init; }
}
