using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace RemoteStore.Model;

/// <summary>
/// Durations as Prometheus writes them: <c>1h30m</c>, <c>30d</c>, <c>250ms</c>. Units from <c>y</c> (365 days) and <c>w</c> to <c>ms</c>, largest first, each at most
/// once, whole numbers; <c>0</c> needs no unit.
/// </summary>
public static class PrometheusDuration
{
    private static readonly (string Name, long Milliseconds)[] s_units =
    [
        ("y", 365L * 86_400_000), ("w", 7L * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ];

    /// <summary>Longest duration, in milliseconds: what fits in 64 bits as nanoseconds, the range Prometheus has.</summary>
    private const long MaxMilliseconds = long.MaxValue / 1_000_000;

    /// <summary>Parses a duration.</summary>
    /// <param name="text">The text, without spaces or sign.</param>
    /// <param name="duration">The duration when true is returned.</param>
    /// <param name="error">What is wrong with the text, else null.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration, [NotNullWhen(false)] out string? error)
    {
        duration = TimeSpan.Zero;
        error = null;
        if (text is "0")
        {
            return true;
        }

        if (text.IsEmpty)
        {
            error = "empty duration";
            return false;
        }

        long total = 0;
        int nextUnit = 0;
        for (int position = 0; position < text.Length;)
        {
            int digits = CountWhile(text[position..], char.IsAsciiDigit);
            int letters = CountWhile(text[(position + digits)..], char.IsAsciiLetter);
            int unit = FindUnit(text.Slice(position + digits, letters), nextUnit);
            if (digits == 0 || unit < 0)
            {
                error = $"'{text}' is not a duration such as 30d, 1h30m or 250ms";
                return false;
            }

            if (!long.TryParse(text.Slice(position, digits), NumberStyles.None, CultureInfo.InvariantCulture, out long count) ||
                count > (MaxMilliseconds - total) / s_units[unit].Milliseconds)
            {
                error = $"duration '{text}' is out of range";
                return false;
            }

            total += count * s_units[unit].Milliseconds;
            nextUnit = unit + 1;
            position += digits + letters;
        }

        duration = TimeSpan.FromMilliseconds(total);
        return true;
    }

    /// <summary>
    /// As Prometheus prints it: years and weeks only when they divide the whole, then days to milliseconds; <c>0s</c> for less than a millisecond.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The duration is negative.</exception>
    public static string Format(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        long rest = duration.Ticks / TimeSpan.TicksPerMillisecond;
        if (rest == 0)
        {
            return "0s";
        }

        var text = new StringBuilder();
        foreach ((string name, long milliseconds) in s_units)
        {
            bool wholeOnly = name is "y" or "w";
            if (rest >= milliseconds && (!wholeOnly || rest % milliseconds == 0))
            {
                text.Append(CultureInfo.InvariantCulture, $"{rest / milliseconds}{name}");
                rest %= milliseconds;
            }
        }

        return text.ToString();
    }

    private static int FindUnit(ReadOnlySpan<char> name, int from)
    {
        for (int unit = from; unit < s_units.Length; unit++)
        {
            if (name.SequenceEqual(s_units[unit].Name))
            {
                return unit;
            }
        }

        return -1;
    }

    private static int CountWhile(ReadOnlySpan<char> text, Func<char, bool> holds)
    {
        int count = 0;
        while (count < text.Length && holds(text[count]))
        {
            count++;
        }

        return count;
    }
}
