using Microsoft.Extensions.Logging;

namespace RemoteStore.Tsdb.Registry;

/// <summary>Log messages of the registry, ids 1100 to 1199.</summary>
internal static partial class RegistryLog
{
    [LoggerMessage(1100, LogLevel.Information, "Series log {File} ends with {LengthBytes} bytes at offset {Offset} that are no complete frame; copied to {Copy}")]
    public static partial void TornTail(ILogger logger, string file, long offset, long lengthBytes, string? copy);

    [LoggerMessage(1101, LogLevel.Error, "Series file {File} is damaged at offset {Offset}, {LengthBytes} bytes; kept as {Copy}, the rest is loaded")]
    public static partial void Damaged(ILogger logger, string file, long offset, long lengthBytes, string? copy);

    [LoggerMessage(1102, LogLevel.Error, "Labels of {Count} series in {Directory} are lost; their samples cannot be found until the series are written again")]
    public static partial void UnknownSeries(ILogger logger, string directory, int count);

    [LoggerMessage(1103, LogLevel.Warning, "Removing old series files in {Directory} did not succeed; the next snapshot tries again")]
    public static partial void PruneFailed(ILogger logger, Exception exception, string directory);
}
