using RemoteStore.BlockStore.Deletions;
using RemoteStore.Model;
using RemoteStore.ObjectStore;

namespace RemoteStore.Compactor.Tests;

/// <summary>Deletion jobs as the bucket has them, read anew each time.</summary>
internal sealed class JobsInBucket(IBucket bucket) : IDeletionJobs
{
    private readonly DeletionJobStore _store = new(bucket);

    public async ValueTask<IReadOnlyList<DeletionJob>> ListOpenAsync(TenantId tenant, CancellationToken cancellationToken) =>
        [.. (await _store.ListAsync(tenant, static damaged => throw damaged, cancellationToken)).Where(static job => job.IsOpen)];

    public ValueTask SaveAsync(DeletionJob job, CancellationToken cancellationToken) => _store.SaveAsync(job, cancellationToken);
}
