using System.Buffers;
using System.Globalization;
using System.Text;

namespace RemoteStore.Model.Labels;

/// <summary>Short, printable forms of labels as received, for messages and logs. Cost is bounded by the length asked for, not by the labels'.</summary>
public static class SeriesText
{
    /// <summary>Length that messages use, in characters.</summary>
    public const int DefaultLength = 256;

    private const char Ellipsis = '…';

    /// <summary>As <c>{a="b", c="d"}</c> in the order received, cut to <paramref name="maxLength"/> characters with an ellipsis.</summary>
    /// <param name="raw">Label fields of remote write 1.0, valid or not.</param>
    /// <param name="maxLength">Most characters of the text, at least 8.</param>
    public static string Shorten(ReadOnlySpan<byte> raw, int maxLength = DefaultLength)
    {
        var text = new StringBuilder("{", maxLength + 16);
        int room = maxLength - 2; // for the ellipsis and the brace
        var reader = new RawLabelReader(raw);
        while (reader.MoveNext())
        {
            RawLabel label = reader.Current;
            if (label.ValueLength == 0)
            {
                continue; // which also keeps a million of them from costing more than the scan
            }

            text.Append(text.Length > 1 ? ", " : "");
            if (text.Length >= room
                || !AppendEscaped(text, raw.Slice(label.NameOffset, label.NameLength), room)
                || !AppendWithin(text, "=\"", room)
                || !AppendEscaped(text, raw.Slice(label.ValueOffset, label.ValueLength), room)
                || !AppendWithin(text, "\"", room))
            {
                text.Length = Math.Min(text.Length, room);
                return text.Append(Ellipsis).Append('}').ToString();
            }
        }

        return text.Append('}').ToString();
    }

    /// <summary>In double quotes, escaped, cut to about <paramref name="maxLength"/> characters with an ellipsis.</summary>
    public static string Quote(ReadOnlySpan<byte> utf8, int maxLength)
    {
        var text = new StringBuilder("\"");
        if (!AppendEscaped(text, utf8, maxLength))
        {
            text.Append(Ellipsis);
        }

        return text.Append('"').ToString();
    }

    private static bool AppendWithin(StringBuilder text, string part, int room)
    {
        if (text.Length + part.Length > room)
        {
            return false;
        }

        text.Append(part);
        return true;
    }

    /// <summary>Appends until the text would exceed <paramref name="room"/>; never half a character or escape.</summary>
    private static bool AppendEscaped(StringBuilder text, ReadOnlySpan<byte> utf8, int room)
    {
        Span<char> chars = stackalloc char[2];
        while (!utf8.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(utf8, out Rune rune, out int consumed);
            scoped ReadOnlySpan<char> part;
            if (status != OperationStatus.Done)
            {
                part = EscapeByte(utf8[0]);
                consumed = 1;
            }
            else if (rune.Value is '"' or '\\')
            {
                part = rune.Value == '"' ? "\\\"" : "\\\\";
            }
            else if (rune.Value == '\n')
            {
                part = "\\n";
            }
            else
            {
                part = Rune.IsControl(rune) ? EscapeByte((byte)rune.Value) : chars[..rune.EncodeToUtf16(chars)];
            }

            if (text.Length + part.Length > room)
            {
                return false;
            }

            text.Append(part);
            utf8 = utf8[consumed..];
        }

        return true;
    }

    private static string EscapeByte(byte value) => "\\x" + value.ToString("x2", CultureInfo.InvariantCulture);
}
