namespace RemoteStore.Server.Options;

/// <summary>Form of log lines.</summary>
internal enum LogFormat
{
    /// <summary><c>key=value</c> pairs.</summary>
    Logfmt,

    /// <summary>One JSON object a line.</summary>
    Json,
}

/// <summary>The log.</summary>
internal sealed record LogOptions
{
    /// <summary>Form of lines.</summary>
    public LogFormat Format { get; init; } = LogFormat.Logfmt;

    /// <summary>Least important level that is written.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;
}
