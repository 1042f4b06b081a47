using System.Globalization;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Building;

/// <summary>Makes values of the texts of literals.</summary>
internal static class Literals
{
    /// <summary>A number or duration as a node.</summary>
    public static NumberLiteral NumberOrDuration(ParseContext context, Item item) =>
        new(Seconds(context, item), item.Kind == ItemKind.Duration, item.Position);

    /// <summary>The value of a number, or of a duration in seconds.</summary>
    public static double Seconds(ParseContext context, Item item)
    {
        if (item.Kind != ItemKind.Duration)
        {
            return Number(context, item);
        }

        if (PromDuration.Parse(item.Text, out long milliseconds) is { } fault)
        {
            context.Fault(item.Position, fault);
        }

        // Whole seconds and the rest apart, as Go does it: one division rounds differently.
        return (milliseconds / 1000) + (milliseconds % 1000 * 1_000_000 / 1e9);
    }

    /// <summary>Removes quotes and resolves escapes.</summary>
    public static ReadOnlyMemory<byte> Bytes(ParseContext context, Item item)
    {
        if (GoString.TryUnquote(item.Text, out byte[] value, out string fault))
        {
            return value;
        }

        context.Fault(context.Current.Position, $"error unquoting string {GoText.Quote(item.Text)}: {fault}");
        return default;
    }

    /// <summary>A string that names or matches labels, which are UTF-8 always.</summary>
    public static string Text(ParseContext context, Item item)
    {
        if (!item.Text.Contains('\\', StringComparison.Ordinal))
        {
            return item.Text[1..^1];
        }

        ReadOnlyMemory<byte> bytes = Bytes(context, item);
        if (System.Text.Unicode.Utf8.IsValid(bytes.Span))
        {
            return System.Text.Encoding.UTF8.GetString(bytes.Span);
        }

        context.Fault(item.Position, "byte escapes do not form valid UTF-8"); // no stored label can equal them
        return "";
    }

    private static double Number(ParseContext context, Item item)
    {
        string text = item.Text;
        if (GoNumber.TryInteger(text, out long integer))
        {
            return integer;
        }

        if (!GoNumber.TryFloat(text, out double value))
        {
            context.Fault(context.Current.Position, $"error parsing number: strconv.ParseFloat: parsing {GoText.Quote(text)}: invalid syntax");
        }
        else if (double.IsInfinity(value) && char.IsAsciiDigit(text[^1]))
        {
            context.Fault(context.Current.Position, $"error parsing number: strconv.ParseFloat: parsing {GoText.Quote(text)}: value out of range");
        }

        return value;
    }

    /// <summary>A repetition count.</summary>
    public static ulong Count(ParseContext context, Item item)
    {
        if (!ulong.TryParse(item.Text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
        {
            string why = item.Text.All(char.IsAsciiDigit) ? "value out of range" : "invalid syntax";
            context.Fault(item.Position, $"invalid repetition in series values: strconv.ParseUint: parsing {GoText.Quote(item.Text)}: {why}");
        }

        return value;
    }
}
