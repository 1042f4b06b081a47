using RemoteStore.Model;

namespace RemoteStore.Storage.Deleting;

/// <summary>What is deleted but may still be stored: what every read has to leave out. Safe for concurrent use.</summary>
public interface IPendingDeletions
{
    /// <summary>The tenant's deletions whose samples may still be stored somewhere. Waits only while they are not known yet.</summary>
    /// <exception cref="StorageUnavailableException">They cannot be known now.</exception>
    ValueTask<SeriesDeletions> GetAsync(TenantId tenant, CancellationToken cancellationToken);
}
