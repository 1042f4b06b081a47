using System.Globalization;

namespace RemoteStore.PromQL.Parser;

/// <summary>Durations such as <c>5m</c>, <c>1h30m</c> and <c>15ms</c>: units in descending order, each at most once.</summary>
public static class PromDuration
{
    // Prometheus counts durations in nanoseconds of 63 bits.
    private const long MaxMilliseconds = long.MaxValue / 1_000_000;

    private static readonly (string Unit, long Milliseconds)[] s_units =
    [
        ("y", 365L * 24 * 3600 * 1000),
        ("w", 7L * 24 * 3600 * 1000),
        ("d", 24L * 3600 * 1000),
        ("h", 3600L * 1000),
        ("m", 60L * 1000),
        ("s", 1000),
        ("ms", 1),
    ];

    /// <summary>Parses a duration with units; <c>0</c> alone is a duration too.</summary>
    /// <param name="text">The text.</param>
    /// <param name="milliseconds">The length when true is returned, 0 or above.</param>
    public static bool TryParse(string text, out long milliseconds)
    {
        ArgumentNullException.ThrowIfNull(text);
        milliseconds = 0;
        return text is "0" || Parse(text, out milliseconds) is null;
    }

    /// <summary>Parses a duration with units or a number of seconds, as HTTP parameters carry them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="milliseconds">The length when true is returned; may be negative for a negative number.</param>
    public static bool TryParseOrSeconds(string text, out long milliseconds) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds)
            ? TryFromSeconds(seconds, out milliseconds)
            : TryParse(text, out milliseconds);

    /// <summary>A number of seconds as milliseconds; false when that is beyond what Prometheus counts.</summary>
    public static bool TryFromSeconds(double seconds, out long milliseconds)
    {
        double rounded = Math.Round(seconds * 1000, MidpointRounding.AwayFromZero);
        bool ok = double.IsFinite(rounded) && Math.Abs(rounded) <= MaxMilliseconds;
        milliseconds = ok ? (long)rounded : 0;
        return ok;
    }

    /// <summary>Parses a duration with units.</summary>
    /// <returns>Null, or what is wrong, in Prometheus' words.</returns>
    internal static string? Parse(string text, out long milliseconds)
    {
        milliseconds = 0;
        int previousUnit = -1;
        Int128 total = 0;
        bool ordered = text.Length > 0;
        for (int i = 0; i < text.Length;)
        {
            int letters = i + Count(text.AsSpan(i), char.IsAsciiDigit);
            int end = letters + Count(text.AsSpan(letters), char.IsAsciiLetter);
            if (letters == i || end == letters)
            {
                return $"bad number or duration syntax: {Token.Quote(text)}";
            }

            string name = text[letters..end];
            int unit = Array.FindIndex(s_units, u => u.Unit == name);
            if (unit < 0)
            {
                return $"unknown unit {Token.Quote(name)} in duration {Token.Quote(text)}";
            }

            ordered &= unit > previousUnit;
            previousUnit = unit;
            total += long.TryParse(text.AsSpan(i, letters - i), NumberStyles.None, CultureInfo.InvariantCulture, out long count)
                ? (Int128)count * s_units[unit].Milliseconds
                : (Int128)MaxMilliseconds + 1;
            i = end;
        }

        if (!ordered)
        {
            return $"not a valid duration string: {Token.Quote(text)}";
        }

        milliseconds = total <= MaxMilliseconds ? (long)total : 0;
        return total <= MaxMilliseconds ? null : "duration out of range";
    }

    private static int Count(ReadOnlySpan<char> text, Func<char, bool> isOne)
    {
        int count = 0;
        while (count < text.Length && isOne(text[count]))
        {
            count++;
        }

        return count;
    }
}
