namespace RemoteStore.Server.Roles.Buckets;

/// <summary>Log messages about the object store, ids from 120.</summary>
internal static partial class Log
{
    [LoggerMessage(120, LogLevel.Warning, "{Bucket} does not answer; writes are taken without it, and blocks wait on the local disk: {Why}")]
    public static partial void ObjectStoreDown(ILogger logger, string bucket, string why);

    [LoggerMessage(122, LogLevel.Error, "{Work} did not succeed, next try in {RetrySeconds} s")]
    public static partial void WorkFailed(ILogger logger, Exception exception, string work, double retrySeconds);

    [LoggerMessage(123, LogLevel.Information, "{Bucket} answers now; conditional writes are {Conditions}")]
    public static partial void ObjectStoreAnswers(ILogger logger, string bucket, string conditions);

    [LoggerMessage(124, LogLevel.Error, "{Bucket} refuses us; blocks wait on the local disk until that is changed: {Why}")]
    public static partial void ObjectStoreRefuses(ILogger logger, string bucket, string why);

    [LoggerMessage(125, LogLevel.Information, "{Count} writes to {Bucket} that were broken off a day ago or more were removed")]
    public static partial void UnfinishedWritesRemoved(ILogger logger, int count, string bucket);

    [LoggerMessage(126, LogLevel.Warning, "what broken-off writes have left in {Bucket} could not be removed: {Why}")]
    public static partial void UnfinishedWritesStay(ILogger logger, string bucket, string why);
}
