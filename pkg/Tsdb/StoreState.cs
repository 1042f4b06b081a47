using RemoteStore.Storage.Administration;

namespace RemoteStore.Tsdb;

/// <summary>Everything that exists once a store has started.</summary>
internal sealed record StoreState(
    Heads.HeadSet Heads,
    Flushing.PartCatalog Catalog,
    LocalBlocks.BlockCatalog Blocks,
    DiskUsage Disk,
    Flushing.RowBudget Budget,
    Flushing.LogKeeper Log,
    Flushing.RegistrySaver Registries,
    Maintaining.RetentionSweep Retention,
    Maintaining.Maintenance Maintenance,
    QuarantineLog Quarantined,
    IReadOnlyList<LostWindow> LostWindows);
