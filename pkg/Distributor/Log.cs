using Microsoft.Extensions.Logging;

namespace RemoteStore.Distributor;

/// <summary>Log messages of the distributor: event ids 3000 to 3999.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Warning, "Refused a part of a write of tenant {Tenant} from {Sender}: {Message} ({Unlogged} more such writes since the last line)")]
    public static partial void PartOfWriteRefused(this ILogger logger, string tenant, string sender, string message, long unlogged);

    [LoggerMessage(3001, LogLevel.Warning, "Write of tenant {Tenant} answered 503, the sender will repeat it: {Message} ({Unlogged} more such writes since the last line)")]
    public static partial void WriteUnavailable(this ILogger logger, string tenant, string message, long unlogged);

    [LoggerMessage(3002, LogLevel.Error, "Write of tenant {Tenant} answered {StatusCode} after an unexpected error, the sender will repeat it")]
    public static partial void WriteFailed(this ILogger logger, string tenant, int statusCode, Exception exception);
}
