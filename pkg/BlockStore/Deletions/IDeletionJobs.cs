using RemoteStore.Model;

namespace RemoteStore.BlockStore.Deletions;

/// <summary>Deletion jobs for who removes what they delete physically. Safe for concurrent use; the progress of a job has one writer.</summary>
public interface IDeletionJobs
{
    /// <summary>Jobs of a tenant that are not over, oldest first.</summary>
    /// <exception cref="Storage.StorageUnavailableException">They cannot be known now.</exception>
    ValueTask<IReadOnlyList<DeletionJob>> ListOpenAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Writes how far a job is; reads leave its samples out until it is done.</summary>
    /// <exception cref="Storage.StorageUnavailableException">It could not be stored; the job is as far as before.</exception>
    ValueTask SaveAsync(DeletionJob job, CancellationToken cancellationToken);
}
