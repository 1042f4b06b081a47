using RemoteStore.Model;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Writes;
using RemoteStore.Storage;
using RemoteStore.Storage.Appending;
using RemoteStore.Storage.Deleting;

namespace RemoteStore.Distributor.Deletions;

/// <summary>
/// Refuses samples that lie where their series is deleted and the deletion is not over: stored, they would be hidden, then removed. All else goes on. Costs a look at
/// the oldest time of a request, and that only while the tenant has a pending deletion. Safe for concurrent use.
/// </summary>
/// <param name="inner">Takes what is left.</param>
/// <param name="pending">What is deleted.</param>
/// <param name="limits">Bounds of labels, as <paramref name="inner"/> has them.</param>
public sealed class DeletionGuard(IAppender inner, IPendingDeletions pending, LabelLimits limits) : IAppender
{
    /// <inheritdoc/>
    public async ValueTask<AppendResult> AppendAsync(TenantId tenant, WriteBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        SeriesDeletions deletions = await GetAsync(tenant, cancellationToken).ConfigureAwait(false);
        if (deletions.IsEmpty || OldestOf(batch) > deletions.MaxTime)
        {
            return await inner.AppendAsync(tenant, batch, cancellationToken).ConfigureAwait(false);
        }

        var sieve = new BatchSieve(deletions, new LabelCanonicalizer(limits));
        WriteBatch rest = sieve.Sift(batch);
        AppendResult result = await inner.AppendAsync(tenant, sieve.Refused == 0 ? batch : rest, cancellationToken).ConfigureAwait(false);
        sieve.Tell(result.Rejects);
        return result;
    }

    /// <summary>When the deletions cannot be known writes go on: what they bring into a deleted range is left out of reads all the same.</summary>
    private async ValueTask<SeriesDeletions> GetAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            return await pending.GetAsync(tenant, cancellationToken).ConfigureAwait(false);
        }
        catch (StorageUnavailableException)
        {
            return SeriesDeletions.None;
        }
    }

    private static long OldestOf(WriteBatch batch)
    {
        long oldest = long.MaxValue;
        foreach (long timestampMs in batch.Timestamps)
        {
            oldest = Math.Min(oldest, timestampMs);
        }

        foreach (WriteHistogram histogram in batch.Histograms)
        {
            oldest = Math.Min(oldest, histogram.TimestampMs);
        }

        return oldest;
    }
}
