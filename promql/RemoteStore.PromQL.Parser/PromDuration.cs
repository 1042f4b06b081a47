using System.Globalization;
using RemoteStore.PromQL.Parser.Lexing;

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
                return $"bad number or duration syntax: {GoText.Quote(text)}";
            }

            string name = text[letters..end];
            int unit = Array.FindIndex(s_units, u => u.Unit == name);
            if (unit < 0)
            {
                return $"unknown unit {GoText.Quote(name)} in duration {GoText.Quote(text)}";
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
            return $"not a valid duration string: {GoText.Quote(text)}";
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
