using Microsoft.Extensions.Logging;
using RemoteStore.Tsdb.Flushing;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.LocalBlocks;

namespace RemoteStore.Tsdb.Maintaining;

/// <summary>Removes parts and blocks with nothing newer than the retention. Reads do not look behind it, removed or not.</summary>
internal sealed class RetentionSweep(TsdbOptions options, HeadSet heads, PartCatalog catalog, BlockCatalog blocks, TimeProvider time, ILogger logger)
{
    /// <summary>Removes what has expired by now.</summary>
    public async Task DropExpiredAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        int removed = blocks.RemoveExpired(tenant => AgeRules.KeptFloorMs(now, options, tenant));
        if (removed > 0)
        {
            Log.BlocksExpired(logger, removed);
        }

        // A part has rows of many tenants; those of tenants with a shorter retention leave with its next merge.
        long floor = heads.All.Select(head => AgeRules.KeptFloorMs(now, options, head.Tenant)).DefaultIfEmpty(long.MinValue).Min();

        if (!catalog.Parts.Any(part => part.Info.MaxTime < floor))
        {
            return;
        }

        await catalog.Changes.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            List<LivePart> expired = [.. catalog.Parts.Where(part => part.Info.MaxTime < floor)];
            if (expired.Count > 0)
            {
                catalog.Replace([], expired, PartOrigin.OfMerge(expired), "retention");
                Log.Expired(logger, expired.Count, floor);
            }
        }
        finally
        {
            catalog.Changes.Release();
        }
    }
}
