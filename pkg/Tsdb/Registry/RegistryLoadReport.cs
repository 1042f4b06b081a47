namespace RemoteStore.Tsdb.Registry;

/// <summary>What loading a tenant's series found.</summary>
/// <param name="RefEnd">All refs given so far are below, unknown and evicted ones included.</param>
/// <param name="FromSnapshot">Of these from the snapshot, the rest from the log.</param>
/// <param name="UnknownCount">Refs whose labels are lost.</param>
/// <param name="Damages">Files and stretches that could not be read.</param>
/// <param name="HighestSnapshotSequence">Number of the newest snapshot found, readable or not.</param>
public sealed record RegistryLoadReport(
    uint RefEnd, uint FromSnapshot, int UnknownCount, IReadOnlyList<RegistryDamage> Damages, long HighestSnapshotSequence);
