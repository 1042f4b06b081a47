using Microsoft.Extensions.Logging;

namespace RemoteStore.Compactor;

/// <summary>Messages of this assembly, ids 8000 to 8999.</summary>
internal static partial class Log
{
    [LoggerMessage(8000, LogLevel.Information, "made block {Block} of tenant {Tenant} of {Inputs} blocks ({Reason}): {Series} series, {Samples} samples, {SizeBytes} bytes, in {ElapsedMs:F0} ms")]
    public static partial void Written(ILogger logger, string block, string tenant, int inputs, string reason, long series, long samples, long sizeBytes, double elapsedMs);

    [LoggerMessage(8001, LogLevel.Information, "nothing is left of {Inputs} blocks of tenant {Tenant} ({Reason})")]
    public static partial void NothingLeft(ILogger logger, int inputs, string tenant, string reason);

    [LoggerMessage(8002, LogLevel.Warning, "compaction of tenant {Tenant} did not succeed; nothing is lost, other tenants go on, next try in {RetrySeconds:F0} s")]
    public static partial void TenantFailed(ILogger logger, Exception exception, string tenant, double retrySeconds);

    [LoggerMessage(8003, LogLevel.Warning, "{Inputs} blocks of tenant {Tenant} could not be made one; they stay, others go on: {Why}")]
    public static partial void JobFailed(ILogger logger, int inputs, string tenant, string why);

    [LoggerMessage(8004, LogLevel.Error, "block {Block} of tenant {Tenant} is damaged and set aside: {Why}; {Salvage}")]
    public static partial void SetAside(ILogger logger, string block, string tenant, string why, string salvage);

    [LoggerMessage(8005, LogLevel.Information, "block {Block} of tenant {Tenant} is to be removed: {Reason}")]
    public static partial void Marked(ILogger logger, string block, string tenant, string reason);

    [LoggerMessage(8006, LogLevel.Information, "removed block {Block} of tenant {Tenant}: {Reason}")]
    public static partial void Removed(ILogger logger, string block, string tenant, string reason);

    [LoggerMessage(8007, LogLevel.Warning, "removed {Objects} objects of block {Block} of tenant {Tenant}: its upload was broken off, the last object is of {NewestMs}")]
    public static partial void PartialRemoved(ILogger logger, int objects, string block, string tenant, long newestMs);

    [LoggerMessage(8008, LogLevel.Warning, "block {Block} of tenant {Tenant} was marked for removal, but nothing sound holds its samples: it is read again")]
    public static partial void TakenBack(ILogger logger, string block, string tenant);

    [LoggerMessage(8009, LogLevel.Information, "block {Block} of tenant {Tenant} was set aside and is sound again")]
    public static partial void SoundAgain(ILogger logger, string block, string tenant);

    [LoggerMessage(8010, LogLevel.Warning, "the list of tenants in the bucket could not be read, next try in {RetrySeconds:F0} s")]
    public static partial void TenantsFailed(ILogger logger, Exception exception, double retrySeconds);

    [LoggerMessage(8011, LogLevel.Information, "deletion {Job} of tenant {Tenant} is done, {Samples} samples were removed")]
    public static partial void DeletionDone(ILogger logger, string job, string tenant, long samples);

    [LoggerMessage(8014, LogLevel.Warning, "the bucket index of tenant {Tenant} could not be made anew; the one before stays in use, next try with the next listing")]
    public static partial void IndexFailed(ILogger logger, Exception exception, string tenant);

    [LoggerMessage(8013, LogLevel.Information, "block {Block} of tenant {Tenant} was past its retention and is wanted again")]
    public static partial void WantedAgain(ILogger logger, string block, string tenant);

    [LoggerMessage(8012, LogLevel.Warning, "a mark in the bucket is damaged and counts as not being there: {Why}")]
    public static partial void MarkUnreadable(ILogger logger, string why);
}
