using Microsoft.Extensions.Logging;

namespace RemoteStore.StoreGateway;

/// <summary>Log messages of the store-gateway: event ids 7000 to 7999.</summary>
internal static partial class Log
{
    [LoggerMessage(
        7000, LogLevel.Error, "block {Block} of tenant {Tenant} is damaged, nothing of it is served, its queries fail or go on without it: {Why}")]
    public static partial void BlockCorrupt(ILogger logger, string block, string tenant, string why);

    [LoggerMessage(7001, LogLevel.Warning, "block {Block} of tenant {Tenant} cannot be read, its query fails or goes on without it: {Why}")]
    public static partial void BlockFailed(ILogger logger, string block, string tenant, string why);

    [LoggerMessage(7002, LogLevel.Information, "block {Block} of tenant {Tenant} was removed while a query read it; the bucket index is loaded and the query goes on")]
    public static partial void BlockGone(ILogger logger, string block, string tenant);
}
