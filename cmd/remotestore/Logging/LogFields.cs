using System.Globalization;
using System.Text;

namespace RemoteStore.Server.Logging;

/// <summary>What one log line says, independent of its form.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Level">How important.</param>
/// <param name="Component">Which assembly speaks, in lower case.</param>
/// <param name="Message">The text.</param>
/// <param name="Values">The placeholders' values.</param>
/// <param name="Exception">What was thrown, if anything.</param>
internal readonly record struct LogFields(
    DateTimeOffset Time, LogLevel Level, string Component, string Message, IReadOnlyList<KeyValuePair<string, object?>> Values, Exception? Exception)
{
    /// <summary>The level as it is spelt in lines and in the option.</summary>
    public string LevelName => Level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };

    /// <summary>The time with milliseconds.</summary>
    public string TimeText => Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>Values as text, keys in snake case; the message template itself is left out.</summary>
    public IEnumerable<KeyValuePair<string, string>> TextValues()
    {
        foreach ((string key, object? value) in Values)
        {
            if (key != "{OriginalFormat}")
            {
                yield return new(SnakeCase(key), value is IFormattable f ? f.ToString(null, CultureInfo.InvariantCulture) : value?.ToString() ?? "");
            }
        }
    }

    /// <summary><c>ElapsedMs</c> as <c>elapsed_ms</c>; characters that no key may have become <c>_</c>.</summary>
    internal static string SnakeCase(string name)
    {
        var key = new StringBuilder(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            char c = name[i];
            if (char.IsAsciiLetterUpper(c))
            {
                if (i > 0 && !char.IsAsciiLetterUpper(name[i - 1]))
                {
                    key.Append('_');
                }

                key.Append(char.ToLowerInvariant(c));
            }
            else
            {
                key.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
            }
        }

        return key.ToString();
    }
}
