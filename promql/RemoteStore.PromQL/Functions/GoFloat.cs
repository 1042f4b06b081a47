using System.Globalization;

namespace RemoteStore.PromQL.Functions;

/// <summary>Numbers as Go prints them.</summary>
internal static class GoFloat
{
    private const int LargestPlain = 6; // Go decides by six digits when it prints the shortest form

    /// <summary>Shortest text that reads back as the same value; exponent form below 1e-4 and from 1e6 on (Go's <c>%g</c>).</summary>
    public static string Shortest(double value) => Special(value) ?? Exponential(value, LargestPlain);

    /// <summary>As <see cref="Shortest"/> without ever an exponent (Go's format <c>f</c> with precision -1).</summary>
    public static string Plain(double value)
    {
        if (Special(value) is { } special)
        {
            return special;
        }

        Digits(value, out string digits, out int exponent);
        string sign = double.IsNegative(value) ? "-" : "";
        return sign + Positional(digits, exponent);
    }

    /// <summary>Two significant digits (Go's <c>%.2g</c>).</summary>
    public static string TwoDigits(double value)
    {
        if (Special(value) is { } special)
        {
            return special;
        }

        return Exponential(double.Parse(value.ToString("E1", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), 2);
    }

    /// <summary>As OpenMetrics writes a float label: at least one decimal (<c>1.0</c>), exponents as Go.</summary>
    public static string OpenMetrics(double value)
    {
        if (Special(value) is { } special)
        {
            return special;
        }

        string text = Exponential(value, LargestPlain);
        return text.AsSpan().IndexOfAny('e', '.') < 0 ? text + ".0" : text;
    }

    /// <summary>Six decimals (Go's <c>%f</c>).</summary>
    public static string Fixed(double value) => Special(value) ?? value.ToString("F6", CultureInfo.InvariantCulture);

    private static string? Special(double value) =>
        double.IsNaN(value) ? "NaN" : double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : null;

    private static string Exponential(double value, int largestPlain)
    {
        Digits(value, out string digits, out int exponent);
        string sign = double.IsNegative(value) ? "-" : "";
        if (value == 0 || (exponent >= -4 && exponent < largestPlain))
        {
            return sign + Positional(digits, exponent);
        }

        string mantissa = digits.Length == 1 ? digits : $"{digits[0]}.{digits.AsSpan(1)}";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    /// <summary>Shortest digits and the decimal exponent of the first.</summary>
    private static void Digits(double value, out string digits, out int exponent)
    {
        if (value == 0)
        {
            digits = "0";
            exponent = 0;
            return;
        }

        string shortest = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        int e = shortest.IndexOf('E', StringComparison.Ordinal);
        string mantissa = e < 0 ? shortest : shortest[..e];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        int whole = point < 0 ? mantissa.Length : point;
        string all = mantissa.Replace(".", "", StringComparison.Ordinal);
        int leading = all.Length - all.TrimStart('0').Length;
        exponent = whole - 1 - leading + (e < 0 ? 0 : int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        digits = all[leading..].TrimEnd('0');
    }

    private static string Positional(string digits, int exponent)
    {
        if (exponent < 0)
        {
            return "0." + new string('0', -exponent - 1) + digits;
        }

        return digits.Length <= exponent + 1
            ? digits + new string('0', exponent + 1 - digits.Length)
            : $"{digits.AsSpan(0, exponent + 1)}.{digits.AsSpan(exponent + 1)}";
    }
}
