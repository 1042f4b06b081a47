using Microsoft.Extensions.Logging;

namespace RemoteStore.BlockStore;

/// <summary>Log messages of blocks in a bucket.</summary>
internal static partial class Log
{
    [LoggerMessage(2200, LogLevel.Information, "uploaded block {Block} of tenant {Tenant}: {SizeBytes} bytes in {ElapsedMs:F0} ms")]
    public static partial void BlockUploaded(ILogger logger, string block, string tenant, long sizeBytes, double elapsedMs);

    [LoggerMessage(2201, LogLevel.Warning, "{Bucket} takes no uploads; {Blocks} blocks with {SizeBytes} bytes wait on the local disk, next try in {RetrySeconds} s: {Why}")]
    public static partial void UploadsWait(ILogger logger, string bucket, int blocks, long sizeBytes, double retrySeconds, string why);

    [LoggerMessage(2202, LogLevel.Information, "{Bucket} takes uploads again")]
    public static partial void UploadsGoOn(ILogger logger, string bucket);

    [LoggerMessage(2203, LogLevel.Error, "block {Block} of tenant {Tenant} cannot be uploaded and stays on the local disk: {Why}")]
    public static partial void BlockNotUploaded(ILogger logger, string block, string tenant, string why);

    [LoggerMessage(2204, LogLevel.Information, "removed {Blocks} blocks of tenant {Tenant} from the local disk; the bucket has them")]
    public static partial void BlocksHandedOver(ILogger logger, int blocks, string tenant);

    [LoggerMessage(2205, LogLevel.Warning, "bucket indexes cannot be loaded, the ones that are known stay in use: {Why}")]
    public static partial void IndexNotLoaded(ILogger logger, string why);

    [LoggerMessage(2206, LogLevel.Information, "bucket indexes can be loaded again")]
    public static partial void IndexLoadedAgain(ILogger logger);

    [LoggerMessage(2207, LogLevel.Error, "block {Block} of tenant {Tenant} in the bucket cannot be listed: {Why}")]
    public static partial void BlockUnreadable(ILogger logger, string block, string tenant, string why);

    [LoggerMessage(2208, LogLevel.Error, "mark {Key} in the bucket cannot be read and counts as not being there: {Why}")]
    public static partial void MarkUnreadable(ILogger logger, string key, string why);

    [LoggerMessage(2209, LogLevel.Warning, "the bucket index of tenant {Tenant} could not be used and is made anew: {Why}")]
    public static partial void IndexMadeAnew(ILogger logger, string tenant, string why);
}
