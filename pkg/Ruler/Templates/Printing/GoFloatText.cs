using System.Globalization;

namespace RemoteStore.Ruler.Templates.Printing;

/// <summary>Numbers as Go's strconv.FormatFloat spells them.</summary>
internal static class GoFloatText
{
    /// <summary>The shortest text that reads back as the number; an exponent below 1e-4 and from 1e6 on.</summary>
    public static string Shortest(double value) => Format(value, 'g', -1);

    /// <summary>Formats.</summary>
    /// <param name="value">The number.</param>
    /// <param name="verb"><c>e</c>, <c>f</c> or <c>g</c>.</param>
    /// <param name="precision">Digits behind the point, or with <c>g</c> all digits; -1 for as many as are needed.</param>
    public static string Format(double value, char verb, int precision)
    {
        if (!double.IsFinite(value))
        {
            return double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
        }

        string sign = double.IsNegative(value) ? "-" : "";
        value = Math.Abs(value);
        return sign + verb switch
        {
            'e' => Exponential(value, precision),
            'f' => Fixed(value, precision),
            _ => General(value, precision),
        };
    }

    private static string Exponential(double value, int precision)
    {
        DecimalDigits digits = precision < 0 ? DecimalDigits.Shortest(value) : DecimalDigits.Significant(value, precision + 1);
        return Exponential(digits.Digits.Length == 0 ? new DecimalDigits("0", 1) : digits);
    }

    private static string Exponential(DecimalDigits digits)
    {
        int exponent = digits.Exponent - 1;
        string mantissa = digits.Digits.Length == 1 ? digits.Digits : $"{digits.Digits[0]}.{digits.Digits.AsSpan(1)}";
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    private static string Fixed(double value, int precision)
    {
        DecimalDigits digits = precision < 0 ? DecimalDigits.Shortest(value) : DecimalDigits.Decimals(value, precision);
        string text = Positional(digits);
        int point = text.IndexOf('.', StringComparison.Ordinal);
        int decimals = point < 0 ? 0 : text.Length - point - 1;
        return precision <= decimals ? text
            : (point < 0 ? text + "." : text) + new string('0', precision - decimals);
    }

    private static string General(double value, int precision)
    {
        bool shortest = precision < 0;
        int wanted = precision == 0 ? 1 : precision;
        DecimalDigits digits = shortest ? DecimalDigits.Shortest(value) : DecimalDigits.Significant(value, wanted);
        string significant = digits.Digits.TrimEnd('0');
        digits = significant.Length == 0 ? new DecimalDigits("0", 1) : digits with { Digits = significant };
        int limit = shortest ? 6 : wanted > significant.Length && significant.Length >= digits.Exponent ? significant.Length : wanted;
        int exponent = digits.Exponent - 1;
        return exponent < -4 || exponent >= limit ? Exponential(digits) : Positional(digits);
    }

    private static string Positional(DecimalDigits digits) =>
        digits.Digits.Length == 0 ? "0"
        : digits.Exponent <= 0 ? $"0.{new string('0', -digits.Exponent)}{digits.Digits}"
        : digits.Digits.Length <= digits.Exponent ? digits.Digits.PadRight(digits.Exponent, '0')
        : $"{digits.Digits.AsSpan(0, digits.Exponent)}.{digits.Digits.AsSpan(digits.Exponent)}";
}
