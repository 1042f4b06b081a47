using System.Globalization;
using RemoteStore.PromQL.Parser;

namespace RemoteStore.Api.Parameters;

/// <summary>Lengths of time as the API takes them: seconds with decimals, or units as in <c>1h30m</c>.</summary>
internal static class ApiDuration
{
    // Prometheus counts nanoseconds of 63 bits.
    private const double MaxSeconds = long.MaxValue / 1e9;

    /// <summary>Parses a length of time; seconds keep 100 ns, and what is smaller becomes 0.</summary>
    /// <returns>Null, or what is wrong, in Prometheus' words.</returns>
    public static string? TryParse(string text, out TimeSpan duration)
    {
        duration = default;
        if (double.TryParse(
            text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double seconds))
        {
            if (!(Math.Abs(seconds) <= MaxSeconds))
            {
                return $"cannot parse {GoInteger.Quote(text)} to a valid duration. It overflows int64";
            }

            duration = new TimeSpan((long)(seconds * TimeSpan.TicksPerSecond));
            return null;
        }

        if (!PromDuration.TryParse(text, out long milliseconds))
        {
            return $"cannot parse {GoInteger.Quote(text)} to a valid duration";
        }

        duration = TimeSpan.FromMilliseconds(milliseconds);
        return null;
    }
}
