using RemoteStore.BlockStore.Layout;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;

namespace RemoteStore.BlockStore.Indexing;

/// <summary>Reads bucket indexes, and makes them anew from a listing. Safe for concurrent use.</summary>
/// <remarks>
/// One process updates the indexes of a tenant. An index rests on one listing, which a bucket promises to be complete, and for what that leaves out on the index
/// before, so that a later index never lacks a block that an earlier one had, unless the block was removed.
/// </remarks>
/// <param name="bucket">Where they are.</param>
/// <param name="time">Clock.</param>
public sealed class BucketIndexStore(IBucket bucket, TimeProvider time)
{
    private const int MaxReads = 16; // small objects read at once

    /// <summary>Reads the index of a tenant in one request.</summary>
    /// <returns>The index; null when there is none.</returns>
    /// <exception cref="CorruptDataException">It is damaged. The next update makes it anew.</exception>
    /// <exception cref="BucketException">It cannot be read.</exception>
    public async ValueTask<BucketIndex?> LoadAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        string key = BucketLayout.BucketIndex(tenant);
        byte[] bytes;
        try
        {
            bytes = await bucket.ReadAllAsync(key, BucketIndexText.MaxBytes, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectNotFoundException)
        {
            return null;
        }

        return BucketIndexText.Parse(key, tenant, bytes);
    }

    /// <summary>Lists the tenant once, reads what is not known yet, and writes the index.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="known">An index of the tenant, however old; what it has of blocks that are still there is not read again. Null = nothing is known.</param>
    /// <param name="cancellationToken">Stops the work; the index that was there stays.</param>
    /// <exception cref="BucketException">Something could not be listed, read or written; the index that was there stays.</exception>
    public ValueTask<BucketIndexUpdate> UpdateAsync(TenantId tenant, BucketIndex? known, CancellationToken cancellationToken) =>
        UpdateAsync(tenant, known, ListingScope.Whole, cancellationToken);

    /// <summary>The same with a listing of a part; what <paramref name="known"/> has of other blocks is taken to be so still, unless they are marked.</summary>
    internal async ValueTask<BucketIndexUpdate> UpdateAsync(TenantId tenant, BucketIndex? known, ListingScope scope, CancellationToken cancellationToken)
    {
        // Should the clock go back, the index still counts as newer than the one before.
        var listing = new TenantListing(tenant, Math.Max(time.GetUtcNow().ToUnixTimeMilliseconds(), known?.UpdatedAtMs ?? 0));

        // Blocks first: a mark counts only while what replaces its block is listed, so it must not be known before that.
        string[] prefixes = scope.IsWhole
            ? [BucketLayout.TenantPrefix(tenant)]
            : [.. scope.Prefixes.Select(beginning => BucketLayout.BlocksPrefix(tenant, beginning)), BucketLayout.MarksPrefix(tenant)];
        foreach (string prefix in prefixes)
        {
            await foreach (ObjectAttributes found in bucket.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
            {
                listing.Add(found);
            }
        }

        if (known is not null && !scope.IsWhole)
        {
            listing.AddUnlisted(known, scope);
        }

        var reading = new TenantReading(bucket, tenant, known, listing);
        await Parallel.ForEachAsync(
            reading.Unread, new ParallelOptions { MaxDegreeOfParallelism = MaxReads, CancellationToken = cancellationToken }, reading.ReadAsync).ConfigureAwait(false);
        BucketIndexUpdate update = reading.ToUpdate();
        await bucket.WriteAsync(
            BucketLayout.BucketIndex(tenant), new MemoryContent(BucketIndexText.Format(update.Index)), WriteMode.Replace, cancellationToken).ConfigureAwait(false);
        return update;
    }
}
