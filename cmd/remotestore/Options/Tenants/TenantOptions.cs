using RemoteStore.Limits;
using RemoteStore.Options;
using RemoteStore.Server.Options.Values;

namespace RemoteStore.Server.Options.Tenants;

/// <summary>Options that a tenant may have values of its own for, and what they come to.</summary>
internal static class TenantOptions
{
    private static readonly HashSet<string> s_names = new(StringComparer.Ordinal)
    {
        "retention", "compactor.downsampled-retention", "downsampling.enabled", "storage.hot-period", "query.max-source-resolution",
        "limits.max-query-concurrency", TenantQueryLimits.MaxQueuedOption, "limits.query-timeout", TenantQueryLimits.MaxLengthOption,
        "limits.max-query-samples", "limits.max-query-series", "limits.max-query-bytes",
    };

    /// <summary>The options, by name.</summary>
    public static IReadOnlyDictionary<string, OptionDescriptor<RemoteStoreOptions>> ByName { get; } =
        OptionTable.All.Where(static option => s_names.Contains(option.Name)).ToDictionary(static option => option.Name, StringComparer.Ordinal);

    /// <summary>Limits of a tenant that has these options.</summary>
    public static TenantLimits LimitsOf(RemoteStoreOptions options)
    {
        _ = RetentionText.TryParse(options.Limits.DownsampledRetention, out IReadOnlyDictionary<long, TimeSpan> downsampled, out _); // validated when it was read
        return options.Limits.Defaults with
        {
            Retention = new TenantRetention
            {
                Raw = options.Storage.Retention,
                Downsampled = downsampled,
                Made = options.Downsampling.Enabled ? [.. options.Downsampling.ParseTiers().Select(static tier => tier.ResolutionMs)] : [],
            },
            HotPeriod = options.Blocks.HotPeriod,
        };
    }
}
