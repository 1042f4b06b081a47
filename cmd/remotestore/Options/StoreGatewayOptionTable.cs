using RemoteStore.Options;
using RemoteStore.StoreGateway;
using static RemoteStore.Options.OptionTypes<RemoteStore.Server.Options.RemoteStoreOptions>;

namespace RemoteStore.Server.Options;

/// <summary>Options of reading blocks in object storage, a section of <see cref="OptionTable"/>.</summary>
internal static class StoreGatewayOptionTable
{
    private const string Group = "Object storage";

    /// <summary>The options.</summary>
    public static IReadOnlyList<OptionDescriptor<RemoteStoreOptions>> All { get; } =
    [
        Size(Group, "store-gateway.cache-bytes", "Memory for index and pages of blocks in object storage.",
            static o => o.StoreGateway.CacheBytes,
            static (o, value) => o.With(g => g with { CacheBytes = value }),
            16L << 20, 1L << 40),
        Count(Group, "store-gateway.query-concurrency", "Requests to object storage that one query makes at a time.",
            static o => o.StoreGateway.QueryConcurrency,
            static (o, value) => o.With(g => g with { QueryConcurrency = (int)value }),
            1, 10_000),
        Count(Group, "store-gateway.max-concurrency", "Requests to object storage that all queries together make at a time.",
            static o => o.StoreGateway.Concurrency,
            static (o, value) => o.With(g => g with { Concurrency = (int)value }),
            1, 10_000),
        Size(Group, StoreGatewayOptions.MaxQueryBytesOption, "Most bytes that a query may read from object storage; 0 = any number.",
            static o => o.StoreGateway.MaxQueryBytes,
            static (o, value) => o.With(g => g with { MaxQueryBytes = value }),
            0, 1L << 50),
        Duration(Group, "store-gateway.timeout", "Longest time of one step of reading blocks in object storage: opening a view, finding series, a batch of them.",
            static o => o.StoreGateway.Timeout,
            static (o, value) => o.With(g => g with { Timeout = value }),
            TimeSpan.FromMilliseconds(100)),
    ];

    private static RemoteStoreOptions With(this RemoteStoreOptions options, Func<StoreGatewayOptions, StoreGatewayOptions> change) =>
        options with { StoreGateway = change(options.StoreGateway) };
}
