namespace RemoteStore.Tsdb.Registry;

/// <summary>What loading a tenant's series found.</summary>
/// <param name="SeriesCount">Refs in all, unknown ones included.</param>
/// <param name="FromSnapshot">Of these from the snapshot, the rest from the log.</param>
/// <param name="UnknownCount">Refs whose labels are lost.</param>
/// <param name="Damages">Files and stretches that could not be read.</param>
/// <param name="HighestSnapshotSequence">Number of the newest snapshot found, readable or not.</param>
public sealed record RegistryLoadReport(
    int SeriesCount, int FromSnapshot, int UnknownCount, IReadOnlyList<RegistryDamage> Damages, long HighestSnapshotSequence);
