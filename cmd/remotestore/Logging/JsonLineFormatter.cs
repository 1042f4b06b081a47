using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace RemoteStore.Server.Logging;

/// <summary>One JSON object with the keys <c>ts</c>, <c>level</c>, <c>component</c>, <c>msg</c>, those of the values, and <c>err</c>.</summary>
internal sealed class JsonLineFormatter : ILogLineFormatter
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public void Append(StringBuilder line, in LogFields fields)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            json.WriteString("ts", fields.TimeText);
            json.WriteString("level", fields.LevelName);
            json.WriteString("component", fields.Component);
            json.WriteString("msg", fields.Message);
            foreach ((string key, string value) in fields.TextValues())
            {
                json.WriteString(key, value);
            }

            if (fields.Exception is not null)
            {
                json.WriteString("err", fields.Exception.ToString());
            }

            json.WriteEndObject();
        }

        line.Append(Encoding.UTF8.GetString(buffer.WrittenSpan)).Append('\n');
    }
}
