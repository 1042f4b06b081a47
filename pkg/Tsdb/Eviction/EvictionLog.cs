using Microsoft.Extensions.Logging;

namespace RemoteStore.Tsdb.Eviction;

/// <summary>Log messages of eviction, ids 2200 to 2299.</summary>
internal static partial class EvictionLog
{
    [LoggerMessage(2200, LogLevel.Information, "{Evicted} of {Series} series of tenant {Tenant} left memory in {ElapsedMs:F0} ms, writes waited {PauseMs:F1} ms; their samples are in blocks")]
    public static partial void Evicted(ILogger logger, int evicted, string tenant, int series, double elapsedMs, double pauseMs);

    [LoggerMessage(2201, LogLevel.Information, "Series of tenant {Tenant} that should leave memory were written again meanwhile; the next cut tries again")]
    public static partial void Awake(ILogger logger, string tenant);

    [LoggerMessage(2202, LogLevel.Warning, "The registry of tenant {Tenant} could not be saved after an eviction; the next snapshot tries again")]
    public static partial void NotSaved(ILogger logger, Exception exception, string tenant);
}
