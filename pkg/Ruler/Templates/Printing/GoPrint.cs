using System.Globalization;
using RemoteStore.Ruler.Templates.Values;

namespace RemoteStore.Ruler.Templates.Printing;

/// <summary>Go's fmt.Sprint, Sprintln and Sprintf.</summary>
internal static class GoPrint
{
    /// <summary>Widths and precisions from here on are none.</summary>
    private const int TooLarge = 1_000_000;

    /// <summary>Values one after the other, a space between two that are no texts.</summary>
    public static string Sprint(ReadOnlySpan<object?> values)
    {
        var formatter = new GoFormatter();
        for (int i = 0; i < values.Length; i++)
        {
            if (i > 0 && values[i] is not string && values[i - 1] is not string)
            {
                formatter.Append(" ");
            }

            formatter.Write(values[i], 'v');
        }

        return formatter.ToString();
    }

    /// <summary>Values with spaces between them and the end of a line.</summary>
    public static string Sprintln(ReadOnlySpan<object?> values)
    {
        var formatter = new GoFormatter();
        for (int i = 0; i < values.Length; i++)
        {
            formatter.Append(i > 0 ? " " : "");
            formatter.Write(values[i], 'v');
        }

        formatter.Append("\n");
        return formatter.ToString();
    }

    /// <summary>Values by a format. What does not fit is told in the text, as Go does.</summary>
    public static string Sprintf(string format, ReadOnlySpan<object?> values)
    {
        var formatter = new GoFormatter();
        int next = 0;
        bool reordered = false;
        for (int at = 0; at < format.Length;)
        {
            int percent = format.IndexOf('%', at);
            formatter.Append(format[at..(percent < 0 ? format.Length : percent)]);
            if (percent < 0)
            {
                break;
            }

            at = percent + 1;
            var directive = new Directive(format, at, next, values);
            at = directive.End;
            next = directive.Next;
            reordered |= directive.Reordered;
            formatter.Flags = directive.Flags;
            formatter.Append(directive.Complaint);
            if (directive.Verb == '\0')
            {
                formatter.Append("%!(NOVERB)");
            }
            else if (directive.Verb == '%')
            {
                formatter.Append("%");
            }
            else if (!directive.HasGoodIndex)
            {
                formatter.Append($"%!{directive.Verb}(BADINDEX)");
            }
            else if (next >= values.Length)
            {
                formatter.Append($"%!{directive.Verb}(MISSING)");
            }
            else
            {
                formatter.Write(values[next++], directive.Verb);
            }
        }

        if (!reordered && next < values.Length)
        {
            AppendExtra(formatter, values[next..]);
        }

        return formatter.ToString();
    }

    private static void AppendExtra(GoFormatter formatter, ReadOnlySpan<object?> values)
    {
        formatter.Flags = FormatFlags.None;
        formatter.Append("%!(EXTRA ");
        for (int i = 0; i < values.Length; i++)
        {
            formatter.Append(i > 0 ? ", " : "");
            formatter.Append(values[i] is null ? "" : GoValues.TypeName(values[i]) + "=");
            formatter.Write(values[i], 'v');
        }

        formatter.Append(")");
    }

    /// <summary>One directive of a format: flags, width, precision, verb.</summary>
    private ref struct Directive
    {
        public Directive(string format, int at, int next, ReadOnlySpan<object?> values)
        {
            FormatFlags flags = FormatFlags.None;
            HasGoodIndex = true;
            Complaint = "";
            for (; at < format.Length && format[at] is '-' or '+' or '#' or ' ' or '0'; at++)
            {
                flags = format[at] switch
                {
                    '-' => flags with { Minus = true },
                    '+' => flags with { Plus = true },
                    '#' => flags with { Sharp = true },
                    ' ' => flags with { Space = true },
                    _ => flags with { Zero = true },
                };
            }

            ReadIndex(format, ref at, ref next, values.Length);
            if (at < format.Length && format[at] == '*')
            {
                at++;
                int? width = Star(values, ref next);
                Complaint += width is null ? "%!(BADWIDTH)" : "";
                flags = width < 0 ? flags with { Minus = true, Width = -width } : flags with { Width = width };
            }
            else
            {
                flags = flags with { Width = Number(format, ref at) };
            }

            if (at < format.Length && format[at] == '.')
            {
                at++;
                ReadIndex(format, ref at, ref next, values.Length);
                if (at < format.Length && format[at] == '*')
                {
                    at++;
                    int? precision = Star(values, ref next);
                    Complaint += precision is null or < 0 ? "%!(BADPREC)" : "";
                    flags = flags with { Precision = precision is < 0 ? null : precision };
                }
                else
                {
                    flags = flags with { Precision = Number(format, ref at) ?? 0 };
                }
            }

            ReadIndex(format, ref at, ref next, values.Length);
            Verb = at < format.Length ? format[at] : '\0';
            End = Math.Min(format.Length, at + 1);
            Next = next;
            Flags = flags;
        }

        public FormatFlags Flags { get; }

        public char Verb { get; }

        public int End { get; }

        public int Next { get; }

        public bool HasGoodIndex { get; private set; }

        public bool Reordered { get; private set; }

        public string Complaint { get; }

        /// <summary>Reads <c>[3]</c>: which value comes next.</summary>
        private void ReadIndex(string format, ref int at, ref int next, int count)
        {
            if (at >= format.Length || format[at] != '[')
            {
                return;
            }

            int close = format.IndexOf(']', at);
            bool isNumber = int.TryParse(format.AsSpan(at + 1, Math.Max(0, close - at - 1)), NumberStyles.None, CultureInfo.InvariantCulture, out int number);
            Reordered = true;
            at = close < 0 ? at + 1 : close + 1;
            if (isNumber && number >= 1 && number <= count)
            {
                next = number - 1;
            }
            else
            {
                HasGoodIndex = false;
            }
        }

        private static int? Star(ReadOnlySpan<object?> values, ref int next) =>
            next < values.Length && values[next++] is long number and > -TooLarge and < TooLarge ? (int)number : null;

        private static int? Number(string format, ref int at)
        {
            int start = at;
            while (at < format.Length && char.IsAsciiDigit(format[at]))
            {
                at++;
            }

            return int.TryParse(format.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number < TooLarge ? number : null;
        }
    }
}
