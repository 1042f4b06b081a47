using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using RemoteStore.Model;

namespace RemoteStore.Options;

/// <summary>Durations in options: Prometheus' form (<c>30d</c>, <c>1h30m</c>) or Go's (<c>1.5h</c>, <c>90s500ms</c>).</summary>
public static class DurationText
{
    private static readonly SearchValues<char> s_number = SearchValues.Create("0123456789.");

    private static readonly (string Name, double Seconds)[] s_goUnits =
        [("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("ms", 1e-3), ("s", 1), ("m", 60), ("h", 3600)];

    /// <summary>Parses a duration that is not negative.</summary>
    public static bool TryParse(string text, out TimeSpan duration, [NotNullWhen(false)] out string? error) =>
        PrometheusDuration.TryParse(text, out duration, out error) || TryParseGo(text, out duration, ref error);

    private static bool TryParseGo(ReadOnlySpan<char> text, out TimeSpan duration, ref string? error)
    {
        duration = TimeSpan.Zero;
        if (text.IsEmpty)
        {
            return false;
        }

        double seconds = 0;
        while (!text.IsEmpty)
        {
            int digits = text.IndexOfAnyExcept(s_number);
            if (digits <= 0)
            {
                return false;
            }

            int next = text[digits..].IndexOfAny(s_number);
            int letters = next < 0 ? text.Length - digits : next;
            double factor = 0;
            foreach ((string name, double unit) in s_goUnits)
            {
                factor = text.Slice(digits, letters).SequenceEqual(name) ? unit : factor;
            }

            if (factor == 0 || !double.TryParse(text[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count))
            {
                return false;
            }

            seconds += count * factor;
            text = text[(digits + letters)..];
        }

        if (seconds > 9.2e9)
        {
            error = "the duration is out of range";
            return false;
        }

        duration = TimeSpan.FromSeconds(seconds);
        error = null;
        return true;
    }
}
