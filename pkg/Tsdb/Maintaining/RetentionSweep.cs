using Microsoft.Extensions.Logging;
using RemoteStore.Tsdb.Flushing;
using RemoteStore.Tsdb.Heads;
using RemoteStore.Tsdb.LocalBlocks;

namespace RemoteStore.Tsdb.Maintaining;

/// <summary>Removes parts and blocks with nothing newer than the retention. Reads do not look behind it, removed or not.</summary>
internal sealed class RetentionSweep(TsdbOptions options, PartCatalog catalog, BlockCatalog blocks, TimeProvider time, ILogger logger)
{
    /// <summary>Removes what has expired by now.</summary>
    public async Task DropExpiredAsync(CancellationToken cancellationToken)
    {
        long floor = AgeRules.At(time.GetUtcNow(), options).FloorMs;
        int removed = blocks.RemoveExpired(floor);
        if (removed > 0)
        {
            Log.BlocksExpired(logger, removed, floor);
        }

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
