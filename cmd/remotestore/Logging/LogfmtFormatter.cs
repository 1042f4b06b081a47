using System.Globalization;
using System.Text;

namespace RemoteStore.Server.Logging;

/// <summary><c>ts=… level=info component=tsdb msg="…" key=value</c>.</summary>
internal sealed class LogfmtFormatter : ILogLineFormatter
{
    /// <inheritdoc/>
    public void Append(StringBuilder line, in LogFields fields)
    {
        line.Append("ts=").Append(fields.TimeText).Append(" level=").Append(fields.LevelName);
        Field(line, "component", fields.Component);
        Field(line, "msg", fields.Message);
        foreach ((string key, string value) in fields.TextValues())
        {
            Field(line, key, value);
        }

        if (fields.Exception is not null)
        {
            Field(line, "err", fields.Exception.ToString());
        }

        line.Append('\n');
    }

    private static void Field(StringBuilder line, string key, string value)
    {
        line.Append(' ').Append(key).Append('=');
        if (value.Length > 0 && !value.AsSpan().ContainsAnyExceptInRange('!', '~') && !value.AsSpan().ContainsAny('"', '=', '\\'))
        {
            line.Append(value);
            return;
        }

        line.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '"' => line.Append("\\\""),
                '\\' => line.Append("\\\\"),
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                '\t' => line.Append("\\t"),
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' => line.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => line.Append(c),
            };
        }

        line.Append('"');
    }
}
