using System.Globalization;

namespace RemoteStore.PromQL.Parser;

/// <summary>Durations such as <c>5m</c>, <c>1h30m</c> and <c>15ms</c>: units in descending order, each at most once.</summary>
public static class PromDuration
{
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

    /// <summary>Parses a duration with units.</summary>
    /// <param name="text">The text; <c>0</c> alone is a duration too.</param>
    /// <param name="milliseconds">The length when true is returned, 0 or above.</param>
    public static bool TryParse(string text, out long milliseconds)
    {
        ArgumentNullException.ThrowIfNull(text);
        milliseconds = 0;
        if (text is "0")
        {
            return true;
        }

        int nextUnit = 0;
        int i = 0;
        Int128 total = 0;
        while (i < text.Length)
        {
            int digits = i;
            while (i < text.Length && char.IsAsciiDigit(text[i]))
            {
                i++;
            }

            int letters = i;
            while (i < text.Length && char.IsAsciiLetter(text[i]))
            {
                i++;
            }

            int unit = Array.FindIndex(s_units, u => text.AsSpan(letters, i - letters).SequenceEqual(u.Unit));
            if (unit < nextUnit || i == letters ||
                !long.TryParse(text.AsSpan(digits, letters - digits), NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            {
                return false;
            }

            total += (Int128)count * s_units[unit].Milliseconds;
            nextUnit = unit + 1;
        }

        // Prometheus counts durations in nanoseconds of 63 bits.
        if (text.Length == 0 || total > long.MaxValue / 1_000_000)
        {
            return false;
        }

        milliseconds = (long)total;
        return true;
    }

    /// <summary>Parses a duration with units or a number of seconds, as HTTP parameters and selectors carry them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="milliseconds">The length when true is returned; may be negative for a negative number.</param>
    public static bool TryParseOrSeconds(string text, out long milliseconds)
    {
        milliseconds = 0;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds))
        {
            double rounded = Math.Round(seconds * 1000, MidpointRounding.AwayFromZero);
            if (!double.IsFinite(rounded) || Math.Abs(rounded) > long.MaxValue / 1_000_000)
            {
                return false;
            }

            milliseconds = (long)rounded;
            return true;
        }

        return TryParse(text, out milliseconds);
    }
}
