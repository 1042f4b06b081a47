using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Format;
using RemoteStore.Blocks.Local;
using RemoteStore.BlockStore.Deletions;
using RemoteStore.BlockStore.Indexing;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;

namespace RemoteStore.Compactor;

/// <summary>What the parts of the compactor share.</summary>
public sealed record CompactorContext
{
    /// <summary>Settings.</summary>
    public required CompactorOptions Options { get; init; }

    /// <summary>Where the blocks are.</summary>
    public required IBucket Bucket { get; init; }

    /// <summary>
    /// Lists a tenant, writes its bucket index, and shows it to the readers of this process; one listing. Whoever else does so in this process uses the same, which
    /// does one at a time.
    /// </summary>
    public required Func<TenantId, CancellationToken, ValueTask<BucketIndexUpdate>> UpdateIndex { get; init; }

    /// <summary>Requests to delete series; null when there can be none.</summary>
    public IDeletionJobs? Deletions { get; init; }

    /// <summary>What the local store holds of a tenant and range; null when this process has none.</summary>
    public Func<TenantId, QueryRange, CancellationToken, ValueTask<LocalHoldings>>? LocalHoldings { get; init; }

    /// <summary>The local disk.</summary>
    public required IFileSystem Files { get; init; }

    /// <summary>Places where a test stops the process.</summary>
    public Failpoints Failpoints { get; init; } = Failpoints.None;

    /// <summary>Instruments.</summary>
    public required CompactorMetrics Metrics { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Tells apart ids of one millisecond; ids must differ from those of every other process that writes into the bucket.</summary>
    public required Random Random { get; init; }

    /// <summary>Milliseconds since the Unix epoch.</summary>
    internal long NowMs => Time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>A new id.</summary>
    internal BlockId NewBlockId()
    {
        lock (Random)
        {
            return BlockId.New(Time, Random);
        }
    }

    /// <summary>Local directory of a block on its way.</summary>
    internal string WorkDirectoryOf(TenantId tenant, BlockId id) => Path.Combine(Options.WorkDirectory, tenant.Name, id.ToString());
}
