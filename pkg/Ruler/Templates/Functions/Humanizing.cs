using System.Globalization;
using RemoteStore.Model;
using RemoteStore.Ruler.Templates.Execution;
using RemoteStore.Ruler.Templates.Printing;
using RemoteStore.Ruler.Templates.Values;

namespace RemoteStore.Ruler.Templates.Functions;

/// <summary>Numbers, durations and times for people, in Prometheus' spelling: four digits and a prefix.</summary>
internal static class Humanizing
{
    private static readonly string[] s_large = ["k", "M", "G", "T", "P", "E", "Z", "Y"];
    private static readonly string[] s_small = ["m", "u", "n", "p", "f", "a", "z", "y"];
    private static readonly string[] s_binary = ["ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];

    /// <summary>With prefixes of a thousand.</summary>
    public static string Decimal(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return Digits(value);
        }

        (double scaled, string prefix) = Math.Abs(value) >= 1 ? Down(value, s_large, 1000) : Up(value);
        return Digits(scaled) + prefix;
    }

    /// <summary>With prefixes of 1024.</summary>
    public static string Binary(double value)
    {
        if (Math.Abs(value) <= 1 || !double.IsFinite(value))
        {
            return Digits(value);
        }

        (double scaled, string prefix) = Down(value, s_binary, 1024);
        return Digits(scaled) + prefix;
    }

    /// <summary>Seconds as days to seconds, or as fractions of a second.</summary>
    public static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds))
        {
            return Digits(seconds);
        }

        if (Math.Abs(seconds) is > 0 and < 1)
        {
            (double scaled, string prefix) = Up(seconds);
            return $"{Digits(scaled)}{prefix}s";
        }

        string sign = seconds < 0 ? "-" : "";
        double positive = Math.Abs(seconds);
        // Beyond 64 bits Go has the least integer.
        long whole = positive < 9.2233720368547758e18 ? (long)positive : long.MinValue;
        (long days, long hours, long minutes) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60);
        string rest = string.Create(CultureInfo.InvariantCulture, $"{whole % 60}s");
        rest = days != 0 || hours != 0 || minutes != 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes}m {rest}") : Digits(positive) + "s";
        rest = days != 0 || hours != 0 ? string.Create(CultureInfo.InvariantCulture, $"{hours}h {rest}") : rest;
        return sign + (days != 0 ? string.Create(CultureInfo.InvariantCulture, $"{days}d {rest}") : rest);
    }

    /// <summary>A ratio in percent.</summary>
    public static string Percentage(double ratio) => Digits(ratio * 100) + "%";

    /// <summary>Seconds since the Unix epoch as date and time.</summary>
    public static string Timestamp(double seconds) => double.IsFinite(seconds) ? ToTime(seconds).Text : Digits(seconds);

    /// <summary>Seconds since the Unix epoch as a time, to the millisecond.</summary>
    public static GoTime ToTime(double seconds)
    {
        if (!double.IsFinite(seconds))
        {
            throw new TemplateFailedException("value is NaN or Inf");
        }

        double nanoseconds = seconds * 1e9;
        if (nanoseconds is > 9.2233720368547758e18 or < -9.2233720368547758e18)
        {
            throw new TemplateFailedException($"{GoFloatText.Shortest(seconds)} cannot be represented as a nanoseconds timestamp since it overflows int64");
        }

        long whole = nanoseconds >= 9.2233720368547758e18 ? long.MaxValue : (long)nanoseconds;
        return new GoTime(whole / 1_000_000 * 1_000_000);
    }

    /// <summary>Seconds as a duration.</summary>
    public static GoDuration ToDuration(double seconds)
    {
        double nanoseconds = seconds * 1e9;
        return new GoDuration(double.IsNaN(nanoseconds) || Math.Abs(nanoseconds) >= 9.2233720368547758e18 ? long.MinValue : (long)nanoseconds);
    }

    /// <summary>A duration such as <c>-1h30m</c>, in seconds.</summary>
    public static double ParseDuration(string text)
    {
        bool negative = text.StartsWith('-');
        if (PrometheusDuration.TryParse(text.AsSpan(negative ? 1 : 0), out TimeSpan duration, out string? error))
        {
            return negative ? -duration.TotalSeconds : duration.TotalSeconds;
        }

        throw new TemplateFailedException(
            text.Length == 0 ? "empty duration string"
            : error.EndsWith("out of range", StringComparison.Ordinal) ? "duration out of range"
            : $"not a valid duration string: {PromQL.Parser.Lexing.GoText.Quote(text)}");
    }

    private static string Digits(double value) => GoFloatText.Format(value, 'g', 4);

    private static (double Value, string Prefix) Down(double value, string[] prefixes, double factor)
    {
        string prefix = "";
        foreach (string next in prefixes)
        {
            if (Math.Abs(value) < factor)
            {
                break;
            }

            prefix = next;
            value /= factor;
        }

        return (value, prefix);
    }

    private static (double Value, string Prefix) Up(double value)
    {
        string prefix = "";
        foreach (string next in s_small)
        {
            if (Math.Abs(value) >= 1)
            {
                break;
            }

            prefix = next;
            value *= 1000;
        }

        return (value, prefix);
    }
}
