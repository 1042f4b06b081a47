using System.Globalization;
using System.Numerics;
using System.Text;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.Ruler.Templates.Execution;
using RemoteStore.Ruler.Templates.Values;

namespace RemoteStore.Ruler.Templates.Printing;

/// <summary>Prints values as Go's fmt does, by verbs and flags. What it prints is bounded.</summary>
internal sealed class GoFormatter
{
    private const int MaxDepth = 100;

    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>What was printed so far.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>Flags, width and precision of what is printed next.</summary>
    public FormatFlags Flags { get; set; } = FormatFlags.None;

    /// <summary>Prints as <c>%v</c> does.</summary>
    public static string Print(object? value)
    {
        if (value is string text)
        {
            return text;
        }

        var formatter = new GoFormatter();
        formatter.Write(value, 'v');
        return formatter.ToString();
    }

    /// <summary>Adds text.</summary>
    public void Append(string text)
    {
        if (_text.Length + text.Length > TemplateBudget.MaxTextLength)
        {
            throw TemplateBudget.TooLong();
        }

        _text.Append(text);
    }

    /// <summary>Adds a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="verb">How: the letter behind the percent sign.</param>
    public void Write(object? value, char verb)
    {
        if (++_depth > MaxDepth)
        {
            throw new TemplateFailedException(string.Create(CultureInfo.InvariantCulture, $"values nested deeper than {MaxDepth}"));
        }

        WriteValue(value, verb);
        _depth--;
    }

    private void WriteValue(object? value, char verb)
    {
        if (verb == 'T')
        {
            Pad(GoValues.TypeName(value));
            return;
        }

        switch (value)
        {
            case null when verb == 'v':
                Pad("<nil>");
                break;
            case null:
                Append($"%!{verb}(<nil>)");
                break;
            case bool flag when verb is 't' or 'v':
                Pad(flag ? "true" : "false");
                break;
            case long number:
                WriteInteger(number, value, verb);
                break;
            case ulong number:
                WriteInteger(number, value, verb);
                break;
            case double number:
                WriteFloat(number, verb);
                break;
            case string text:
                WriteText(text, value, verb);
                break;
            case IGoStringer one when verb is 'v' or 's' or 'q' or 'x' or 'X':
                WriteText(one.Text, value, verb);
                break;
            case GoDuration duration:
                WriteInteger(duration.Nanoseconds, value, verb);
                break;
            case GoName name:
                WriteInteger(name.Number, value, verb);
                break;
            case GoList list:
                WriteMany("[", list.Items.Select(static item => ("", item)), "]", verb);
                break;
            case GoMap map:
                WriteMap(map, verb);
                break;
            case GoStruct one:
                WriteMany(
                    one.IsPointer && _depth == 1 ? "&{" : "{",
                    one.Fields.Select(field => (Flags.Plus ? field.Key + ":" : "", field.Value)),
                    "}",
                    verb);
                break;
            default:
                Bad(value, verb);
                break;
        }
    }

    private void WriteMany(string open, IEnumerable<(string Name, object? Value)> values, string close, char verb)
    {
        Append(open);
        bool first = true;
        foreach ((string name, object? value) in values)
        {
            Append(first ? name : " " + name);
            Write(value, verb);
            first = false;
        }

        Append(close);
    }

    private void WriteMap(GoMap map, char verb)
    {
        Append("map[");
        bool first = true;
        foreach ((string name, object? value) in map.Ordered)
        {
            Append(first ? "" : " ");
            Write(name, verb);
            Append(":");
            Write(value, verb);
            first = false;
        }

        Append("]");
    }

    private void WriteInteger(BigInteger number, object value, char verb)
    {
        switch (verb)
        {
            case 'v' or 'd':
                Integer(number, 10, "", upper: false);
                break;
            case 'b':
                Integer(number, 2, "0b", upper: false);
                break;
            case 'o':
                Integer(number, 8, "0", upper: false);
                break;
            case 'O':
                Flags = Flags with { Sharp = true };
                Integer(number, 8, "0o", upper: false);
                break;
            case 'x':
                Integer(number, 16, "0x", upper: false);
                break;
            case 'X':
                Integer(number, 16, "0X", upper: true);
                break;
            case 'c':
                Pad(RuneOf(number).ToString());
                break;
            case 'q':
                Pad(GoText.Quote(RuneOf(number)));
                break;
            case 'U':
                Pad(Flags.Sharp ? GoText.CodePoint(RuneOf(number)) : $"U+{Digits(number, 16, upper: true).PadLeft(4, '0')}");
                break;
            default:
                Bad(value, verb);
                break;
        }
    }

    private void Integer(BigInteger number, int radix, string prefix, bool upper)
    {
        string digits = Digits(BigInteger.Abs(number), radix, upper);
        if (Flags.Precision == 0 && number.IsZero)
        {
            Pad("");
            return;
        }

        string sign = number.Sign < 0 ? "-" : Flags.Plus ? "+" : Flags.Space ? " " : "";
        int least = Flags.Precision ?? (Flags.Zero && !Flags.Minus && Flags.Width is { } width ? width - sign.Length : 0);
        digits = digits.PadLeft(Math.Min(least, TemplateBudget.MaxTextLength), '0');
        bool marked = Flags.Sharp && !(prefix == "0" && digits[0] == '0');
        PadWithSpaces(sign + (marked ? prefix : "") + digits);
    }

    private void WriteFloat(double number, char verb)
    {
        (char format, int precision) = verb switch
        {
            'v' or 'g' or 'G' => ('g', -1),
            'e' or 'E' => ('e', 6),
            'f' or 'F' => ('f', 6),
            _ => (' ', 0),
        };
        if (format == ' ')
        {
            Bad(number, verb);
            return;
        }

        string text = GoFloatText.Format(number, format, Math.Min(Flags.Precision ?? precision, TemplateBudget.MaxTextLength));
        text = verb is 'E' or 'G' ? text.Replace('e', 'E') : text;
        string digits = text.TrimStart('-', '+');
        string sign = text[0] == '-' ? "-" : Flags.Space && !Flags.Plus ? " " : "+";
        if (!double.IsFinite(number))
        {
            PadWithSpaces(double.IsNaN(number) && !Flags.Plus && !Flags.Space ? digits : sign + digits);
            return;
        }

        sign = sign == "+" && !Flags.Plus ? "" : sign;
        if (Flags.Zero && !Flags.Minus && Flags.Width is { } width)
        {
            digits = digits.PadLeft(width - sign.Length, '0');
        }

        PadWithSpaces(sign + digits);
    }

    private void WriteText(string text, object value, char verb)
    {
        string cut = Flags.Precision is { } most ? GoText.FirstRunes(text, most) : text;
        switch (verb)
        {
            case 'v' or 's':
                Pad(cut);
                break;
            case 'q':
                Pad(Flags.Sharp && CanBackquote(cut) ? $"`{cut}`" : Flags.Plus ? Ascii(GoText.Quote(cut)) : GoText.Quote(cut));
                break;
            case 'x' or 'X':
                Pad(Hex(text, verb));
                break;
            default:
                Bad(value, verb);
                break;
        }
    }

    /// <summary>True when a text can stand between back quotes.</summary>
    public static bool CanBackquote(string text) => !text.Contains('`', StringComparison.Ordinal) && !text.Any(static c => char.IsControl(c) && c != '\t');

    private static string Ascii(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            _ = rune.IsAscii ? escaped.Append(rune.ToString())
                : rune.Value <= 0xffff ? escaped.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}")
                : escaped.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}");
        }

        return escaped.ToString();
    }

    private string Hex(string text, char verb)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        IEnumerable<string> pairs = bytes.Take(Flags.Precision ?? bytes.Length).Select(b => b.ToString(verb == 'x' ? "x2" : "X2", CultureInfo.InvariantCulture));
        string prefix = Flags.Sharp ? $"0{verb}" : "";
        string hex = string.Join(Flags.Space ? " " + prefix : "", pairs);
        return hex.Length > 0 ? prefix + hex : hex;
    }

    /// <summary>The verb is of no use for the value.</summary>
    private void Bad(object? value, char verb)
    {
        Append($"%!{verb}({GoValues.TypeName(value)}=");
        Flags = FormatFlags.None;
        Write(value, 'v');
        Append(")");
    }

    private void Pad(string text) => Pad(text, Flags.Zero && !Flags.Minus ? '0' : ' ');

    private void PadWithSpaces(string text) => Pad(text, ' ');

    private void Pad(string text, char with)
    {
        int missing = (Flags.Width ?? 0) - GoText.RuneCount(text);
        if (missing <= 0)
        {
            Append(text);
            return;
        }

        Append(Flags.Minus ? text + new string(' ', missing) : new string(with, missing) + text);
    }

    private static string Digits(BigInteger number, int radix, bool upper)
    {
        if (radix == 10)
        {
            return number.ToString(CultureInfo.InvariantCulture);
        }

        var digits = new StringBuilder();
        do
        {
            int digit = (int)(number % radix);
            digits.Insert(0, (upper ? "0123456789ABCDEF" : "0123456789abcdef")[digit]);
            number /= radix;
        }
        while (!number.IsZero);
        return digits.ToString();
    }

    private static Rune RuneOf(BigInteger number) =>
        number >= 0 && number <= 0x10ffff && Rune.IsValid((int)number) ? new Rune((int)number) : Rune.ReplacementChar;
}
