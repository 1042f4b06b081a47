using Microsoft.Extensions.Logging;
using RemoteStore.Blocks.Format;
using RemoteStore.Limits;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;
using RemoteStore.Storage.Deleting;

namespace RemoteStore.Downsampler;

/// <summary>What the parts of the downsampler share.</summary>
public sealed record DownsamplerContext
{
    /// <summary>Settings.</summary>
    public required DownsamplerOptions Options { get; init; }

    /// <summary>Where the blocks are.</summary>
    public required IBucket Bucket { get; init; }

    /// <summary>The local disk.</summary>
    public required IFileSystem Files { get; init; }

    /// <summary>Places where a test stops the process.</summary>
    public Failpoints Failpoints { get; init; } = Failpoints.None;

    /// <summary>Instruments.</summary>
    public required DownsamplerMetrics Metrics { get; init; }

    /// <summary>The log.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Tells apart ids of one millisecond; ids must differ from those of every other process that writes into the bucket.</summary>
    public required Random Random { get; init; }

    /// <summary>Samples that were deleted and may still be stored: no window is made of them. Null when none can be.</summary>
    public IPendingDeletions? Deletions { get; init; }

    /// <summary>What is made for a tenant and how long it is kept; null when everything is made and kept for ever.</summary>
    public Func<TenantId, TenantRetention>? RetentionOf { get; init; }

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
