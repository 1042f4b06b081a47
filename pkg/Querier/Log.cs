using Microsoft.Extensions.Logging;

namespace RemoteStore.Querier;

/// <summary>Log messages of the querier: event ids 6000 to 6999.</summary>
internal static partial class Log
{
    [LoggerMessage(
        6000,
        LogLevel.Warning,
        "slow query of tenant {Tenant}: {ElapsedMs:F0} ms, {Outcome}; query={Query} startMs={StartMs} endMs={EndMs} stepMs={StepMs} queuedMs={QueuedMs:F0} " +
        "samples={Samples} series={Series} peakBytes={PeakBytes} dashboard={Dashboard} panel={Panel} userAgent={UserAgent} address={Address} plan={Plan}")]
    public static partial void SlowQuery(
        ILogger logger,
        string tenant,
        double elapsedMs,
        string outcome,
        string query,
        long startMs,
        long endMs,
        long stepMs,
        double queuedMs,
        long samples,
        long series,
        long peakBytes,
        string dashboard,
        string panel,
        string userAgent,
        string address,
        string plan);

    [LoggerMessage(
        6001, LogLevel.Warning, "read of source {Source} from {MinTimeMs} to {MaxTimeMs} ms has no answer, its query fails or goes on without it: {Why}")]
    public static partial void SourceFailed(ILogger logger, string source, long minTimeMs, long maxTimeMs, string why);

    [LoggerMessage(6002, LogLevel.Debug, "abandoned read of source {Source} returned with an error: {Why}")]
    public static partial void AbandonedReadFailed(ILogger logger, string source, string why);

    [LoggerMessage(6003, LogLevel.Warning, "source {Source} did not release what a read held; the query is not affected")]
    public static partial void SourceReleaseFailed(ILogger logger, string source, Exception exception);
}
