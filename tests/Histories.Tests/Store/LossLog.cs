using Microsoft.Extensions.Logging;
using RemoteStore.Tsdb;

namespace RemoteStore.Histories.Tests.Store;

/// <summary>Gathers what a store reports as an error or warning.</summary>
internal sealed class LossLog : ILogger<TimeSeriesDatabase>
{
    private readonly Lock _lock = new(); // guards _messages
    private readonly List<string> _messages = [];

    /// <summary>What was reported so far.</summary>
    public string[] Messages
    {
        get
        {
            lock (_lock)
            {
                return [.. _messages];
            }
        }
    }

    /// <summary>Number of reports so far.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _messages.Count;
            }
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            lock (_lock)
            {
                _messages.Add($"{formatter(state, exception)} {exception}");
            }
        }
    }
}
