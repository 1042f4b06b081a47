namespace RemoteStore.Server.Hosting;

/// <summary>Log messages of the host, ids from 100.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Information, "Listening on {Address}")]
    public static partial void Listening(ILogger logger, string address);

    [LoggerMessage(101, LogLevel.Information, "Ready after {ElapsedMs} ms")]
    public static partial void Ready(ILogger logger, long elapsedMs);

    [LoggerMessage(102, LogLevel.Information, "Stopping: {Reason}, {Requests} requests in flight")]
    public static partial void Stopping(ILogger logger, string reason, int requests);

    [LoggerMessage(103, LogLevel.Warning, "{Requests} requests were cut off after {TimeoutMs} ms of waiting for them")]
    public static partial void DrainTimedOut(ILogger logger, int requests, long timeoutMs);

    [LoggerMessage(104, LogLevel.Information, "Stopped, everything is on disk")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(105, LogLevel.Error, "Cannot start")]
    public static partial void StartFailed(ILogger logger, Exception exception);

    [LoggerMessage(108, LogLevel.Error, "Cannot start: {Why}")]
    public static partial void StartRefused(ILogger logger, string why);

    [LoggerMessage(106, LogLevel.Error, "Cannot close cleanly; what was acknowledged is in the log and will be replayed")]
    public static partial void CloseFailed(ILogger logger, Exception exception);

    [LoggerMessage(107, LogLevel.Error, "Request {Method} {Path} failed")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string method, string path);

    [LoggerMessage(108, LogLevel.Information, "Reloaded, {Faults} faults")]
    public static partial void Reloaded(ILogger logger, int faults);

    [LoggerMessage(109, LogLevel.Error, "Reloading ended with an unexpected error; what is in force stays")]
    public static partial void ReloadFailed(ILogger logger, Exception exception);
}
