using Microsoft.Extensions.Logging;

namespace RemoteStore.Api;

/// <summary>Log messages of the API: event ids 4000 to 4999.</summary>
internal static partial class Log
{
    [LoggerMessage(4000, LogLevel.Error, "Request {Endpoint} of tenant {Tenant} failed; it was answered with an error or cut off")]
    public static partial void RequestFailed(this ILogger logger, string endpoint, string tenant, Exception exception);

    [LoggerMessage(4001, LogLevel.Warning, "Request {Endpoint} of tenant {Tenant} was answered without what cannot be read: {Gap}")]
    public static partial void AnsweredWithGap(this ILogger logger, string endpoint, string tenant, string gap);
}
