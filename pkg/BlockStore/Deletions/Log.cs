using Microsoft.Extensions.Logging;

namespace RemoteStore.BlockStore.Deletions;

/// <summary>Log messages about deletions of series.</summary>
internal static partial class Log
{
    [LoggerMessage(2250, LogLevel.Error, "a deletion of tenant {Tenant} cannot be read and is not applied, its samples are seen until it is asked for again: {Reason}")]
    public static partial void JobUnreadable(ILogger logger, string tenant, string reason);
}
