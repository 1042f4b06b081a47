using System.Globalization;

namespace RemoteStore.Tool.Commands;

/// <summary>Times as text.</summary>
internal static class TimeText
{
    /// <summary>As RFC 3339. A sample's timestamp may lie outside the calendar; then the milliseconds say it.</summary>
    public static string Format(long timestampMs) =>
        timestampMs is > -62_135_596_800_000 and < 253_402_300_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(timestampMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
            : timestampMs.ToString(CultureInfo.InvariantCulture) + "ms";

    /// <summary>Reads RFC 3339, or seconds since the Unix epoch with up to three decimals.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static long Parse(string text)
    {
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal seconds) && Math.Abs(seconds) < long.MaxValue / 1000)
        {
            return (long)(seconds * 1000);
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time.ToUnixTimeMilliseconds()
            : throw new FormatException($"'{text}' is neither RFC 3339 nor seconds since the epoch");
    }
}
