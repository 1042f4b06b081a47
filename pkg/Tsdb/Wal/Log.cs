using Microsoft.Extensions.Logging;

namespace RemoteStore.Tsdb.Wal;

/// <summary>Messages of the write-ahead log; ids 2100 to 2199.</summary>
internal static partial class Log
{
    [LoggerMessage(2100, LogLevel.Information, "Log generation {Generation:x8} opened in {Directory}")]
    public static partial void GenerationOpened(ILogger logger, uint generation, string directory);

    [LoggerMessage(2101, LogLevel.Error, "Log generation {Generation:x8} in {Folder} failed; entries up to address {DurableUntil} are durable, writes are refused until a new generation is open")]
    public static partial void GenerationFailed(ILogger logger, Exception cause, uint generation, string folder, long durableUntil);
}
