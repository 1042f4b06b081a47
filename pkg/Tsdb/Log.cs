using Microsoft.Extensions.Logging;

namespace RemoteStore.Tsdb;

/// <summary>Messages of this assembly, ids 2000 to 2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "flushed {Rows} rows to part {Part}, {SizeBytes} bytes, in {ElapsedMs:F0} ms")]
    public static partial void Flushed(ILogger logger, long rows, string part, long sizeBytes, double elapsedMs);

    [LoggerMessage(2001, LogLevel.Warning, "flush of memory to a part did not succeed; rows stay in memory and in the log, next try in {RetrySeconds} s")]
    public static partial void FlushFailed(ILogger logger, Exception exception, double retrySeconds);

    [LoggerMessage(2002, LogLevel.Information, "merged {Inputs} parts to {Outputs}: {Rows} rows, {SizeBytes} bytes, in {ElapsedMs:F0} ms")]
    public static partial void Merged(ILogger logger, int inputs, int outputs, long rows, long sizeBytes, double elapsedMs);

    [LoggerMessage(2003, LogLevel.Warning, "merge did not succeed; the parts stay as they are, next try in {RetrySeconds} s")]
    public static partial void MergeFailed(ILogger logger, Exception exception, double retrySeconds);

    [LoggerMessage(2004, LogLevel.Information, "removed {Parts} parts with nothing after {FloorMs}, past the retention")]
    public static partial void Expired(ILogger logger, int parts, long floorMs);

    [LoggerMessage(2005, LogLevel.Error, "part {Part} is corrupt and was set aside as {Aside}: {Why}; {Salvage}")]
    public static partial void PartQuarantined(ILogger logger, string part, string aside, string why, string salvage);

    [LoggerMessage(2006, LogLevel.Warning, "the part manifest was rebuilt from the part files ({Parts} parts): {Why}")]
    public static partial void ManifestRebuilt(ILogger logger, string why, int parts);

    [LoggerMessage(2007, LogLevel.Error, "the write-ahead log failed, writes answer 503 until memory is flushed and a new log generation is open: {Why}")]
    public static partial void LogFailed(ILogger logger, string why);

    [LoggerMessage(2008, LogLevel.Information, "log generation {Generation} is open, writes are taken again")]
    public static partial void LogRecovered(ILogger logger, uint generation);

    [LoggerMessage(2009, LogLevel.Information, "loaded {Series} series of {Tenants} tenants and {Parts} parts, replayed {Entries} log entries with {Rows} rows, in {ElapsedMs:F0} ms")]
    public static partial void Loaded(ILogger logger, long series, int tenants, int parts, long entries, long rows, double elapsedMs);

    [LoggerMessage(2010, LogLevel.Error, "log replay lost a window: {Window}")]
    public static partial void ReplayGap(ILogger logger, string window);

    [LoggerMessage(2011, LogLevel.Error, "{Rows} replayed rows of tenant {Tenant} name series that its series log does not have; they were left out")]
    public static partial void ReplayUnknownSeries(ILogger logger, long rows, string tenant);

    [LoggerMessage(2012, LogLevel.Warning, "{What} of tenant {Tenant} could not be read and was set aside: {Why}")]
    public static partial void SideDataUnreadable(ILogger logger, string what, string tenant, string why);

    [LoggerMessage(2013, LogLevel.Warning, "flush on shutdown did not succeed; the log has the rows and the next start replays them")]
    public static partial void ShutdownFlushFailed(ILogger logger, Exception exception);

    [LoggerMessage(2014, LogLevel.Warning, "{What} of tenant {Tenant} could not be saved, next try at the next flush")]
    public static partial void SideDataNotSaved(ILogger logger, Exception exception, string what, string tenant);

    [LoggerMessage(2015, LogLevel.Warning, "{SizeBytes} bytes follow the last whole log entry at {Position}: an interrupted write that was never acknowledged, or damage; they were copied aside")]
    public static partial void ReplayTornTail(ILogger logger, long sizeBytes, string position);

    [LoggerMessage(2016, LogLevel.Warning, "{What}: its whole log generation is replayed, samples that are in parts already come again and are deduplicated")]
    public static partial void ReplayBeginDamaged(ILogger logger, string what);

    [LoggerMessage(2017, LogLevel.Error, "the series log of tenant {Tenant} lost its end: parts hold samples of series up to number {Highest}, it has none from {End} on; those samples are in no answer")]
    public static partial void SeriesLogLostItsEnd(ILogger logger, string tenant, uint highest, uint end);

    [LoggerMessage(2020, LogLevel.Information, "cut block {Block} of tenant {Tenant}: {Series} series, {Samples} samples, {SizeBytes} bytes, from {Inputs} parts, in {ElapsedMs:F0} ms")]
    public static partial void BlockCut(
        ILogger logger, string block, string tenant, long series, long samples, long sizeBytes, int inputs, double elapsedMs);

    [LoggerMessage(2021, LogLevel.Warning, "cut of a block did not succeed; the samples stay in parts, next try in {RetrySeconds} s")]
    public static partial void CutFailed(ILogger logger, Exception exception, double retrySeconds);

    [LoggerMessage(2022, LogLevel.Warning, "{Rows} rows of tenant {Tenant} name series whose labels were lost; they were left out of a block")]
    public static partial void UnknownSeriesNotCut(ILogger logger, long rows, string tenant);

    [LoggerMessage(2023, LogLevel.Error, "block {Block} is damaged and was set aside as {Aside}: {Why}; {Salvage}")]
    public static partial void BlockQuarantined(ILogger logger, string block, string aside, string why, string salvage);

    [LoggerMessage(2024, LogLevel.Information, "removed {Blocks} blocks past the retention of their tenants")]
    public static partial void BlocksExpired(ILogger logger, int blocks);

    [LoggerMessage(2025, LogLevel.Error, "the local copy of a block in {Directory} is damaged and was removed; the bucket has the block: {Why}")]
    public static partial void LocalCopyDamaged(ILogger logger, string directory, string why);
}
