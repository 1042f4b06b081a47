using RemoteStore.Blocks.Format.Reading;

namespace RemoteStore.StoreGateway;

/// <summary>What reading of blocks in object storage may cost.</summary>
public sealed record StoreGatewayOptions
{
    /// <summary>Option that sets <see cref="MaxQueryBytes"/>.</summary>
    public const string MaxQueryBytesOption = "store-gateway.max-query-bytes";

    /// <summary>
    /// Most bytes of index and pages that stay in memory for queries to come. Nothing else grows with the series of blocks. A quarter of it is the largest
    /// piece that is kept: an index that is larger is read again by each query that needs what the cache does not have.
    /// </summary>
    public long CacheBytes { get; init; } = 64L << 20;

    /// <summary>Requests to object storage that one query makes at a time, and blocks that it opens at a time.</summary>
    public int QueryConcurrency { get; init; } = 8;

    /// <summary>Requests to object storage that all queries together make at a time.</summary>
    public int Concurrency { get; init; } = 64;

    /// <summary>Most bytes that a query may read from object storage; 0 = any number.</summary>
    public long MaxQueryBytes { get; init; } = 8L << 30;

    /// <summary>
    /// Samples younger than this are in the local store whether or not they are in the bucket: while the bucket's list of blocks cannot be loaded, questions about
    /// them are answered without it, with a warning.
    /// </summary>
    public TimeSpan LocalPeriod { get; init; }

    /// <summary>How much of a block is read at once; tests with small blocks have smaller sizes.</summary>
    internal BlockReadSizes ReadSizes { get; init; } = BlockReadSizes.Remote;

    /// <summary>Longest time that a call may take: opening a view, finding series, reading a batch.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);
}
