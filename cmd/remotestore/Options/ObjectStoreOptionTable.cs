using RemoteStore.BlockStore;
using RemoteStore.BlockStore.Places;
using RemoteStore.Options;
using static RemoteStore.Options.OptionTypes<RemoteStore.Server.Options.RemoteStoreOptions>;

namespace RemoteStore.Server.Options;

/// <summary>Options of blocks on object storage, a section of <see cref="OptionTable"/>.</summary>
internal static class ObjectStoreOptionTable
{
    private const string Group = ObjectStoreSettings.Group;

    /// <summary>The options.</summary>
    public static IReadOnlyList<OptionDescriptor<RemoteStoreOptions>> All { get; } =
    [
        Duration(Group, "storage.hot-period", "Blocks stay on the local disk this long after their time range ended, and until the object store has them.",
            static o => o.Blocks.HotPeriod,
            static (o, value) => o.WithBlocks(b => b with { HotPeriod = value })),
        Duration(Group, "storage.bucket-index.refresh-interval", "Load the lists of blocks that other processes make this often.",
            static o => o.Blocks.IndexRefreshInterval,
            static (o, value) => o.WithBlocks(b => b with { IndexRefreshInterval = value }),
            TimeSpan.FromSeconds(1)),
        .. ObjectStoreSettings.All.Select(static option => option.Within<RemoteStoreOptions>(
            static o => o.ObjectStore, static (o, value) => o with { ObjectStore = value })),
        Switch(Group, "downsampling.enabled", "Sum up old samples in the windows of downsampling.tiers.",
            static o => o.Downsampling.Enabled,
            static (o, value) => o with { Downsampling = o.Downsampling with { Enabled = value } }),
        Text(Group, "downsampling.tiers", "tiers", "Windows that old samples are summed up in, and the age at which they are: resolution:age,…; empty = none.",
            static o => o.Downsampling.Tiers,
            static (o, value) => o with { Downsampling = o.Downsampling with { Tiers = value } },
            DownsamplingOptions.FaultOf),
        Duration(Group, "downsampling.interval", "Look for samples that are old enough this often.",
            static o => o.Downsampling.Interval,
            static (o, value) => o with { Downsampling = o.Downsampling with { Interval = value } },
            TimeSpan.FromSeconds(1)),
    ];

    private static RemoteStoreOptions WithBlocks(this RemoteStoreOptions options, Func<BlockStoreOptions, BlockStoreOptions> change) =>
        options with { Blocks = change(options.Blocks) };
}
