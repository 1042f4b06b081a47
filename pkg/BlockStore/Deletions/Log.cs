using Microsoft.Extensions.Logging;

namespace RemoteStore.BlockStore.Deletions;

/// <summary>Log messages about deletions of series.</summary>
internal static partial class Log
{
    [LoggerMessage(2250, LogLevel.Error, "a deletion of tenant {Tenant} cannot be read and is not applied, its samples are seen until it is asked for again: {Reason}")]
    public static partial void JobUnreadable(ILogger logger, string tenant, string reason);

    [LoggerMessage(2251, LogLevel.Warning, "deletion {Job} of tenant {Tenant} is damaged in the object store; it is known here, stays applied, and was written again")]
    public static partial void JobRestored(ILogger logger, string job, string tenant);

    [LoggerMessage(2252, LogLevel.Error, "deletion {Job} of tenant {Tenant} is damaged in the object store and could not be written again; it is applied until this process ends: {Why}")]
    public static partial void JobNotRestored(ILogger logger, string job, string tenant, string why);
}
