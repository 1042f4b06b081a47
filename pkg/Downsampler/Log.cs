using Microsoft.Extensions.Logging;

namespace RemoteStore.Downsampler;

/// <summary>Messages of this assembly, ids 9000 to 9999.</summary>
internal static partial class Log
{
    [LoggerMessage(9000, LogLevel.Information, "made block {Block} of windows of {ResolutionMs} ms of tenant {Tenant} of {Inputs} blocks: {Series} series, {Samples} samples read, {SizeBytes} bytes, in {ElapsedMs:F0} ms")]
    public static partial void Written(ILogger logger, string block, long resolutionMs, string tenant, int inputs, long series, long samples, long sizeBytes, double elapsedMs);

    [LoggerMessage(9001, LogLevel.Warning, "windows of {ResolutionMs} ms of tenant {Tenant} from {FromMs} to {ToMs} could not be made; queries read what they would have been made of, other blocks go on, next try in {RetrySeconds:F0} s: {Why}")]
    public static partial void JobFailed(ILogger logger, long resolutionMs, string tenant, long fromMs, long toMs, double retrySeconds, string why);

    [LoggerMessage(9002, LogLevel.Warning, "{Count} series of tenant {Tenant} are in no block of windows because a label of theirs has the name that columns need, among them {Some}")]
    public static partial void SeriesLeftOut(ILogger logger, long count, string tenant, string some);

    [LoggerMessage(9003, LogLevel.Warning, "{Count} native histograms of tenant {Tenant} could not be read and are in no window of block {Block}")]
    public static partial void HistogramsUnreadable(ILogger logger, long count, string tenant, string block);

    [LoggerMessage(9004, LogLevel.Warning, "the bucket index of tenant {Tenant} could not be read; other tenants go on, next try in {RetrySeconds:F0} s: {Why}")]
    public static partial void IndexFailed(ILogger logger, string tenant, double retrySeconds, string why);

    [LoggerMessage(9005, LogLevel.Warning, "the list of tenants in the bucket could not be read, next try in {RetrySeconds:F0} s: {Why}")]
    public static partial void TenantsFailed(ILogger logger, double retrySeconds, string why);

    [LoggerMessage(9006, LogLevel.Error, "the downsampler met an error of its own with tenant {Tenant}; other tenants go on, next try in {RetrySeconds:F0} s")]
    public static partial void TenantFailed(ILogger logger, Exception exception, string tenant, double retrySeconds);

    [LoggerMessage(9007, LogLevel.Error, "block {Block} of tenant {Tenant} is damaged and set aside: {Why}; {Salvage}; its windows are made anew once the bucket index shows what is left")]
    public static partial void SetAside(ILogger logger, string block, string tenant, string why, string salvage);
}
