using System.Globalization;
using System.Text;

namespace RemoteStore.PromQL.Parser.Printing;

/// <summary>Numbers and durations as Prometheus spells them.</summary>
internal static class NumberText
{
    private static readonly (string Unit, long Milliseconds, bool OnlyAlone)[] s_units =
    [
        // Years and weeks only when nothing is left over: 90d reads better than 12w6d.
        ("y", 365L * 86_400_000, true), ("w", 7L * 86_400_000, true), ("d", 86_400_000, false), ("h", 3_600_000, false), ("m", 60_000, false), ("s", 1_000, false),
        ("ms", 1, false),
    ];

    /// <summary>Shortest digits that give the number back, never with an exponent.</summary>
    public static string Plain(double value)
    {
        if (!double.IsFinite(value))
        {
            return NotFinite(value);
        }

        (string sign, string digits, int exponent) = Digits(value);
        string text = exponent >= digits.Length ? digits.PadRight(exponent, '0')
            : exponent > 0 ? $"{digits[..exponent]}.{digits[exponent..]}"
            : digits == "0" ? "0"
            : $"0.{new string('0', -exponent)}{digits}";
        return sign + text;
    }

    /// <summary>Shortest digits that give the number back, with an exponent below 1e-4 and from 1e6 (Go's <c>%g</c>).</summary>
    public static string General(double value)
    {
        if (!double.IsFinite(value))
        {
            return NotFinite(value);
        }

        (string sign, string digits, int exponent) = Digits(value);
        if (value == 0 || exponent is > -4 and <= 6)
        {
            return Plain(value);
        }

        string fraction = digits.Length > 1 ? $".{digits[1..]}" : "";
        int shown = exponent - 1;
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits[0]}{fraction}e{(shown < 0 ? '-' : '+')}{Math.Abs(shown):00}");
    }

    /// <summary>A duration of at least 0 milliseconds.</summary>
    public static string Duration(long milliseconds)
    {
        if (milliseconds == 0)
        {
            return "0s";
        }

        var text = new StringBuilder();
        foreach ((string unit, long length, bool onlyAlone) in s_units)
        {
            if (milliseconds >= length && (!onlyAlone || milliseconds % length == 0))
            {
                _ = text.Append(CultureInfo.InvariantCulture, $"{milliseconds / length}{unit}");
                milliseconds %= length;
            }
        }

        return text.ToString();
    }

    private static string NotFinite(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";

    /// <summary>Sign, digits without zeros at the end, and where the point is: 0.ddd times ten to the exponent.</summary>
    private static (string Sign, string Digits, int Exponent) Digits(double value)
    {
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        string sign = shortest.StartsWith('-') ? "-" : "";
        string unsigned = shortest[sign.Length..];
        int e = unsigned.IndexOf('E', StringComparison.Ordinal);
        string number = e < 0 ? unsigned : unsigned[..e];
        int exponent = e < 0 ? 0 : int.Parse(unsigned.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = number.IndexOf('.', StringComparison.Ordinal);
        exponent += point < 0 ? number.Length : point;
        string digits = number.Replace(".", "", StringComparison.Ordinal);
        string mantissa = digits.TrimStart('0');
        exponent -= digits.Length - mantissa.Length;
        mantissa = mantissa.TrimEnd('0');
        return mantissa.Length == 0 ? (sign, "0", 1) : (sign, mantissa, exponent);
    }
}
