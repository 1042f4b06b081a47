using RemoteStore.Options;
using RemoteStore.Server.Options.Values;
using static RemoteStore.Options.OptionTypes<RemoteStore.Server.Options.RemoteStoreOptions>;

namespace RemoteStore.Server.Options;

/// <summary>Options of the compactor, a section of <see cref="OptionTable"/>.</summary>
internal static class CompactorOptionTable
{
    private const string Group = "Object storage";

    /// <summary>The options.</summary>
    public static IReadOnlyList<OptionDescriptor<RemoteStoreOptions>> All { get; } =
    [
        Duration(Group, "compactor.interval", "List the blocks of each tenant in the object store this often, for readers, and to join, to remove and to set aside some.",
            static o => o.Compactor.Interval,
            static (o, value) => o with { Compactor = o.Compactor with { Interval = value } },
            TimeSpan.FromSeconds(1)),
        Duration(Group, "compactor.deletion-delay", "Keep a block in the object store this long after others took its place: longer than readers use an old list of blocks, and than a query runs.",
            static o => o.Compactor.DeletionDelay,
            static (o, value) => o with { Compactor = o.Compactor with { DeletionDelay = value } },
            TimeSpan.FromMinutes(1)),
        Text(Group, "compactor.downsampled-retention", "5m=90d,1h=0", "Remove downsampled data older than this, by resolution; 0 or not named = keep for ever. Raw samples: retention. What is older is in no answer; what coarser windows are still to be made of is removed behind that.",
            static o => o.Limits.DownsampledRetention,
            static (o, value) => o with { Limits = o.Limits with { DownsampledRetention = value } },
            static value => RetentionText.TryParse(value, out _, out string? error) ? null : error),
    ];
}
