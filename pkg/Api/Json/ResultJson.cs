using System.Globalization;
using System.Text.Json;
using RemoteStore.Model.Labels;

namespace RemoteStore.Api.Json;

/// <summary>The values that query results are made of, in the API's JSON.</summary>
internal static class ResultJson
{
    /// <summary>A label set as an object.</summary>
    public static void WriteLabels(Utf8JsonWriter json, LabelSet labels)
    {
        json.WriteStartObject();
        foreach (LabelPair label in labels)
        {
            json.WriteString(label.Name, label.Value);
        }

        json.WriteEndObject();
    }

    /// <summary>Seconds, with three decimals unless they are whole.</summary>
    public static void WriteTimestamp(Utf8JsonWriter json, long timestampMs)
    {
        Span<byte> text = stackalloc byte[32];
        json.WriteRawValue(text[..FormatTimestamp(timestampMs, text)], skipInputValidation: true);
    }

    /// <summary>A float as a string.</summary>
    public static void WriteFloat(Utf8JsonWriter json, double value)
    {
        Span<byte> text = stackalloc byte[GoFloat.MaxLength];
        json.WriteStringValue(text[..GoFloat.Format(value, text)]);
    }

    /// <summary>Writes seconds, with three decimals unless they are whole.</summary>
    /// <returns>Bytes written, at most 21.</returns>
    public static int FormatTimestamp(long timestampMs, Span<byte> destination)
    {
        int length = 0;
        ulong magnitude = (ulong)timestampMs;
        if (timestampMs < 0)
        {
            destination[length++] = (byte)'-';
            magnitude = 0 - magnitude;
        }

        (ulong seconds, ulong milliseconds) = Math.DivRem(magnitude, 1000);
        _ = seconds.TryFormat(destination[length..], out int written, default, CultureInfo.InvariantCulture);
        length += written;
        if (milliseconds != 0)
        {
            destination[length++] = (byte)'.';
            _ = milliseconds.TryFormat(destination[length..], out written, "000", CultureInfo.InvariantCulture);
            length += written;
        }

        return length;
    }
}
