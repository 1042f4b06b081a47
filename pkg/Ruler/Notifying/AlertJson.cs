using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using RemoteStore.Model.Labels;

namespace RemoteStore.Ruler.Notifying;

/// <summary>The body of Alertmanager's <c>POST /api/v2/alerts</c>.</summary>
internal static class AlertJson
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes notifications as a JSON array.</summary>
    public static byte[] Write(IReadOnlyList<AlertNotification> notifications)
    {
        var buffer = new ArrayBufferWriter<byte>(512 * notifications.Count);
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartArray();
            foreach (AlertNotification notification in notifications)
            {
                Write(json, notification);
            }

            json.WriteEndArray();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>A time as RFC 3339, to the millisecond.</summary>
    public static string Time(long timestampMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(timestampMs).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static void Write(Utf8JsonWriter json, AlertNotification notification)
    {
        json.WriteStartObject();
        json.WriteStartObject("annotations"u8);
        foreach ((string name, string value) in notification.Annotations)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
        json.WriteString("endsAt"u8, Time(notification.EndsAtMs));
        json.WriteString("startsAt"u8, Time(notification.StartsAtMs));
        json.WriteString("generatorURL"u8, notification.GeneratorUrl);
        json.WriteStartObject("labels"u8);
        foreach (LabelPair label in notification.Labels)
        {
            json.WriteString(label.Name, label.Value);
        }

        json.WriteEndObject();
        json.WriteEndObject();
    }
}
