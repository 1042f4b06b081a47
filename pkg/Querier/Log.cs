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
}
