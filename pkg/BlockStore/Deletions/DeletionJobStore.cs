using RemoteStore.BlockStore.Layout;
using RemoteStore.Model;
using RemoteStore.ObjectStore;
using RemoteStore.Primitives.Files;

namespace RemoteStore.BlockStore.Deletions;

/// <summary>Deletion jobs in the bucket, an object each. Safe for concurrent use; the progress of a job has one writer.</summary>
/// <param name="bucket">Where they are.</param>
public sealed class DeletionJobStore(IBucket bucket)
{
    /// <summary>Reads all jobs of a tenant, oldest first, finished ones included: a listing, and a request for each.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="damaged">Told of each job that is damaged, and that is therefore left out: what it deletes cannot be known.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BucketException">They cannot be read.</exception>
    public async ValueTask<IReadOnlyList<DeletionJob>> ListAsync(TenantId tenant, Action<CorruptDataException> damaged, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(damaged);
        var jobs = new List<DeletionJob>();
        await foreach (ObjectAttributes found in bucket.ListAsync(BucketLayout.DeletionJobsPrefix(tenant), cancellationToken).ConfigureAwait(false))
        {
            BucketKey key = BucketLayout.Parse(tenant, found.Key);
            if (key.Kind != BucketKeyKind.DeletionJob)
            {
                continue;
            }

            try
            {
                if (await FindAsync(tenant, key.Name, cancellationToken).ConfigureAwait(false) is { } job)
                {
                    jobs.Add(job);
                }
            }
            catch (CorruptDataException e)
            {
                damaged(e);
            }
        }

        return jobs;
    }

    /// <summary>Reads a job; null when there is none of this name.</summary>
    /// <exception cref="CorruptDataException">It is damaged.</exception>
    /// <exception cref="BucketException">It cannot be read.</exception>
    public async ValueTask<DeletionJob?> FindAsync(TenantId tenant, string id, CancellationToken cancellationToken)
    {
        string key = BucketLayout.DeletionJob(tenant, id);
        try
        {
            DeletionJob job = DeletionJobText.Parse(key, await bucket.ReadAllAsync(key, DeletionJobText.MaxBytes, cancellationToken).ConfigureAwait(false));
            return job.Tenant == tenant && job.Id == id ? job : throw new CorruptDataException(key, 0, $"it is job {job.Id} of tenant {job.Tenant}");
        }
        catch (ObjectNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Writes a job, new or known.</summary>
    /// <exception cref="BucketException">It was not written, or it is not known whether it was.</exception>
    public ValueTask SaveAsync(DeletionJob job, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(job);
        return bucket.WriteAsync(
            BucketLayout.DeletionJob(job.Tenant, job.Id), new MemoryContent(DeletionJobText.Format(job)), WriteMode.Replace, cancellationToken);
    }
}
