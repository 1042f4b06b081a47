namespace RemoteStore.Server.Roles.Buckets;

/// <summary>Log messages about the object store, ids from 120.</summary>
internal static partial class Log
{
    [LoggerMessage(120, LogLevel.Warning, "{Bucket} does not answer; writes are taken without it, and blocks wait on the local disk: {Why}")]
    public static partial void ObjectStoreDown(ILogger logger, string bucket, string why);

    [LoggerMessage(121, LogLevel.Warning, "blocks in the object store could not be listed, next try in {RetrySeconds} s: {Why}")]
    public static partial void IndexUpdateFailed(ILogger logger, double retrySeconds, string why);

    [LoggerMessage(122, LogLevel.Error, "{Work} did not succeed, next try in {RetrySeconds} s")]
    public static partial void WorkFailed(ILogger logger, Exception exception, string work, double retrySeconds);
}
