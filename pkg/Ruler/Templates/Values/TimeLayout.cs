using System.Globalization;
using System.Text;

namespace RemoteStore.Ruler.Templates.Values;

/// <summary>Formats times by Go's layouts, which spell out how the second of January 2006, 15:04:05, in the zone seven hours west would look. Zone is always UTC.</summary>
internal static class TimeLayout
{
    // Longer ones first, so that none is taken for the beginning of another.
    private static readonly (string Mark, Func<GoTime, string> Text)[] s_marks =
    [
        ("January", static time => time.Date.ToString("MMMM", CultureInfo.InvariantCulture)),
        ("Monday", static time => time.Date.DayOfWeek.ToString()),
        ("Z07:00:00", static _ => "Z"),
        ("-07:00:00", static _ => "+00:00:00"),
        ("Z070000", static _ => "Z"),
        ("-070000", static _ => "+000000"),
        ("Z07:00", static _ => "Z"),
        ("-07:00", static _ => "+00:00"),
        ("Z0700", static _ => "Z"),
        ("-0700", static _ => "+0000"),
        ("2006", static time => time.Date.ToString("yyyy", CultureInfo.InvariantCulture)),
        ("Jan", static time => time.Date.ToString("MMM", CultureInfo.InvariantCulture)),
        ("Mon", static time => time.Date.ToString("ddd", CultureInfo.InvariantCulture)),
        ("MST", static _ => "UTC"),
        ("Z07", static _ => "Z"),
        ("-07", static _ => "+00"),
        ("002", static time => Padded(time.Date.DayOfYear, 3, '0')),
        ("__2", static time => Padded(time.Date.DayOfYear, 3, ' ')),
        ("01", static time => Padded(time.Date.Month, 2, '0')),
        ("02", static time => Padded(time.Date.Day, 2, '0')),
        ("03", static time => Padded(Hour12(time), 2, '0')),
        ("04", static time => Padded(time.Date.Minute, 2, '0')),
        ("05", static time => Padded(time.Date.Second, 2, '0')),
        ("06", static time => time.Date.ToString("yy", CultureInfo.InvariantCulture)),
        ("15", static time => Padded(time.Date.Hour, 2, '0')),
        ("_2", static time => Padded(time.Date.Day, 2, ' ')),
        ("PM", static time => time.Date.Hour >= 12 ? "PM" : "AM"),
        ("pm", static time => time.Date.Hour >= 12 ? "pm" : "am"),
        ("1", static time => Padded(time.Date.Month, 1, ' ')),
        ("2", static time => Padded(time.Date.Day, 1, ' ')),
        ("3", static time => Padded(Hour12(time), 1, ' ')),
        ("4", static time => Padded(time.Date.Minute, 1, ' ')),
        ("5", static time => Padded(time.Date.Second, 1, ' ')),
    ];

    /// <summary>The text of a time.</summary>
    public static string Format(GoTime time, string layout)
    {
        var text = new StringBuilder(layout.Length + 16);
        for (int at = 0; at < layout.Length;)
        {
            if (Fraction(layout, at) is var (length, digits, trims) && length > 0)
            {
                AppendFraction(text, time, layout[at], digits, trims);
                at += length;
                continue;
            }

            (string mark, Func<GoTime, string>? part) = Find(layout, at);
            if (part is null)
            {
                text.Append(layout[at++]);
            }
            else
            {
                text.Append(part(time));
                at += mark.Length;
            }
        }

        return text.ToString();
    }

    private static (string Mark, Func<GoTime, string>? Text) Find(string layout, int at)
    {
        foreach ((string mark, Func<GoTime, string> part) in s_marks)
        {
            bool isWord = mark is "Jan" or "Mon" && at + 3 < layout.Length && char.IsAsciiLetterLower(layout[at + 3]);
            // An underscore before a year is one.
            bool isYear = mark == "_2" && string.CompareOrdinal(layout, at + 1, "2006", 0, 4) == 0;
            if (!isWord && !isYear && string.CompareOrdinal(layout, at, mark, 0, mark.Length) == 0)
            {
                return (mark, part);
            }
        }

        return ("", null);
    }

    /// <summary>A point or comma with zeros (always shown) or nines (shown up to the last that is not zero), with no digit behind.</summary>
    private static (int Length, int Digits, bool Trims) Fraction(string layout, int at)
    {
        if (layout[at] is not ('.' or ',') || at + 1 >= layout.Length || layout[at + 1] is not ('0' or '9'))
        {
            return default;
        }

        char digit = layout[at + 1];
        int end = at + 1;
        while (end < layout.Length && layout[end] == digit)
        {
            end++;
        }

        bool isFraction = end == layout.Length || !char.IsAsciiDigit(layout[end]);
        return isFraction ? (end - at, Math.Min(9, end - at - 1), digit == '9') : default;
    }

    private static void AppendFraction(StringBuilder text, GoTime time, char point, int digits, bool trims)
    {
        string all = Padded(time.Nanosecond, 9, '0')[..digits];
        all = trims ? all.TrimEnd('0') : all;
        if (all.Length > 0)
        {
            text.Append(point).Append(all);
        }
    }

    private static int Hour12(GoTime time) => (time.Date.Hour + 11) % 12 + 1;

    private static string Padded(int number, int width, char with) => number.ToString(CultureInfo.InvariantCulture).PadLeft(width, with);
}
