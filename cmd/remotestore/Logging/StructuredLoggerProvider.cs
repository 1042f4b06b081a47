using System.Text;
using RemoteStore.Server.Options;

namespace RemoteStore.Server.Logging;

/// <summary>Writes each event as one line, at once: what was logged before a crash is there after it.</summary>
internal sealed class StructuredLoggerProvider : ILoggerProvider
{
    private readonly TextWriter _output;
    private readonly ILogLineFormatter _formatter;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new(); // guards _output

    /// <summary>Creates the provider.</summary>
    /// <param name="output">Where lines go; not disposed.</param>
    /// <param name="format">Form of lines.</param>
    /// <param name="time">Clock of the time stamps.</param>
    public StructuredLoggerProvider(TextWriter output, LogFormat format, TimeProvider time)
    {
        _output = output;
        _formatter = format == LogFormat.Json ? new JsonLineFormatter() : new LogfmtFormatter();
        _time = time;
    }

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new StructuredLogger(this, Component(categoryName));

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary><c>RemoteStore.Tsdb.Wal.WriteAheadLog</c> is <c>tsdb</c>; categories of the framework keep their name.</summary>
    internal static string Component(string category)
    {
        const string Ours = "RemoteStore.";
        if (!category.StartsWith(Ours, StringComparison.Ordinal))
        {
            return category;
        }

        string rest = category[Ours.Length..];
        int dot = rest.IndexOf('.', StringComparison.Ordinal);
        return (dot < 0 ? rest : rest[..dot]).ToLowerInvariant();
    }

    private void Write(in LogFields fields)
    {
        var line = new StringBuilder(256);
        _formatter.Append(line, fields);
        lock (_lock)
        {
            _output.Write(line);
            _output.Flush();
        }
    }

    private sealed class StructuredLogger(StructuredLoggerProvider provider, string component) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = state as IReadOnlyList<KeyValuePair<string, object?>> ?? [];
            provider.Write(new LogFields(provider._time.GetUtcNow(), logLevel, component, formatter(state, exception), values, exception));
        }
    }
}
