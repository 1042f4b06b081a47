using System.Globalization;
using System.Text;

namespace RemoteStore.PromQL.Parser.Lexing;

/// <summary>Texts spelt as Go's formatting does, in which Prometheus' messages are written.</summary>
public static class GoText
{
    /// <summary>A double-quoted literal.</summary>
    public static string Quote(string text) => Quote(text, '"');

    /// <summary>A character between single quotes.</summary>
    public static string Quote(Rune rune) => Quote(rune.ToString(), '\'');

    /// <summary>The first characters of a text, counted as code points.</summary>
    public static string FirstRunes(string text, int count)
    {
        int length = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (count-- == 0)
            {
                break;
            }

            length += rune.Utf16SequenceLength;
        }

        return text[..Math.Min(length, text.Length)];
    }

    /// <summary>Length in code points.</summary>
    public static int RuneCount(string text) => text.EnumerateRunes().Count();

    /// <summary>A code point with its character where that can be printed: <c>U+0040 '@'</c>.</summary>
    public static string CodePoint(Rune rune)
    {
        string number = string.Create(CultureInfo.InvariantCulture, $"U+{rune.Value:X4}");
        return IsPrintable(rune) ? $"{number} '{rune}'" : number;
    }

    private static string Quote(string text, char quote)
    {
        var quoted = new StringBuilder(text.Length + 2).Append(quote);
        foreach (Rune rune in text.EnumerateRunes())
        {
            int value = rune.Value;
            _ = value switch
            {
                '\\' => quoted.Append("\\\\"),
                7 => quoted.Append("\\a"),
                8 => quoted.Append("\\b"),
                12 => quoted.Append("\\f"),
                10 => quoted.Append("\\n"),
                13 => quoted.Append("\\r"),
                9 => quoted.Append("\\t"),
                11 => quoted.Append("\\v"),
                _ when value == quote => quoted.Append('\\').Append(quote),
                < ' ' or 0x7f => quoted.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}"),
                _ when IsPrintable(rune) => quoted.Append(rune.ToString()),
                <= 0xffff => quoted.Append(CultureInfo.InvariantCulture, $"\\u{value:x4}"),
                _ => quoted.Append(CultureInfo.InvariantCulture, $"\\U{value:x8}"),
            };
        }

        return quoted.Append(quote).ToString();
    }

    private static bool IsPrintable(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or
        UnicodeCategory.OtherNotAssigned or UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
