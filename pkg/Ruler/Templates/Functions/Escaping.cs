using System.Globalization;
using System.Text;

namespace RemoteStore.Ruler.Templates.Functions;

/// <summary>Texts made safe to stand in others, as Go does it.</summary>
internal static class Escaping
{
    /// <summary>For HTML.</summary>
    public static string Html(string text) => Map(text, static (c, escaped) => _ = c.Value switch
    {
        0 => escaped.Append('�'),
        '"' => escaped.Append("&#34;"),
        '\'' => escaped.Append("&#39;"),
        '&' => escaped.Append("&amp;"),
        '<' => escaped.Append("&lt;"),
        '>' => escaped.Append("&gt;"),
        _ => escaped.Append(c.ToString()),
    });

    /// <summary>For a string of JavaScript.</summary>
    public static string JavaScript(string text) => Map(text, static (c, escaped) => _ = c.Value switch
    {
        '\\' => escaped.Append(@"\\"),
        '\'' => escaped.Append(@"\'"),
        '"' => escaped.Append("\\\""),
        '<' => escaped.Append(@"\u003C"),
        '>' => escaped.Append(@"\u003E"),
        '&' => escaped.Append(@"\u0026"),
        '=' => escaped.Append(@"\u003D"),
        < ' ' => escaped.Append(CultureInfo.InvariantCulture, $"\\u{c.Value:X4}"),
        _ when IsInvisible(c) => escaped.Append(CultureInfo.InvariantCulture, $"\\u{c.Value:X4}"),
        _ => escaped.Append(c.ToString()),
    });

    /// <summary>For the query of an address: a space is a plus.</summary>
    public static string UrlQuery(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (byte b in Encoding.UTF8.GetBytes(text))
        {
            _ = (char)b switch
            {
                ' ' => escaped.Append('+'),
                (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '_' or '.' or '~' => escaped.Append((char)b),
                _ => escaped.Append(CultureInfo.InvariantCulture, $"%{b:X2}"),
            };
        }

        return escaped.ToString();
    }

    private static bool IsInvisible(Rune rune) => rune.Value >= 0x7f && Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or
        UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Map(string text, Action<Rune, StringBuilder> append)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            append(rune, escaped);
        }

        return escaped.ToString();
    }
}
