using System.Globalization;

namespace RemoteStore.Api.Parameters;

/// <summary>
/// Points in time as the API takes them: Unix seconds with decimals, RFC 3339, and the two texts that Go prints for the ends of its range. Times beyond
/// 64-bit milliseconds become the nearest that exist: clients send milliseconds for seconds, and the answer must then be an empty result.
/// </summary>
internal static class ApiTime
{
    // Prometheus' bounds, as clients that copy its defaults print them.
    private const string EarliestText = "-292273086-05-16T16:47:06Z";
    private const string LatestText = "292277025-08-18T07:12:54.999999999Z";
    private const long EarliestMs = -9223309901257974000;
    private const long LatestMs = 9223309901257974999;

    /// <summary>Parses a point in time to milliseconds since the Unix epoch.</summary>
    public static bool TryParse(string text, out long timestampMs)
    {
        if (double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double seconds))
        {
            timestampMs = FromSeconds(seconds);
            return double.IsFinite(seconds);
        }

        if (text is EarliestText or LatestText)
        {
            timestampMs = text is EarliestText ? EarliestMs : LatestMs;
            return true;
        }

        return TryParseRfc3339(text, out timestampMs);
    }

    private static long FromSeconds(double seconds)
    {
        // Whole and fraction apart: seconds times 1000 would lose the last millisecond of large values.
        double whole = Math.Truncate(seconds);
        double milliseconds = Math.Round((seconds - whole) * 1000, MidpointRounding.AwayFromZero);
        if (whole >= long.MaxValue / 1000d)
        {
            return long.MaxValue;
        }

        return whole <= long.MinValue / 1000d ? long.MinValue : ((long)whole * 1000) + (long)milliseconds;
    }

    private static bool TryParseRfc3339(string text, out long timestampMs)
    {
        timestampMs = 0;

        // 2006-01-02T15:04:05[.999999999](Z|±15:04); DateTimeOffset alone would accept much that is not RFC 3339.
        if (text.Length < 20 || text[4] != '-' || text[7] != '-' || text[10] is not ('T' or 't') || text[13] != ':' || text[16] != ':')
        {
            return false;
        }

        int position = 19;
        long fractionMs = 0;
        if (text[position] == '.')
        {
            int digits = ++position;
            while (position < text.Length && char.IsAsciiDigit(text[position]))
            {
                position++;
            }

            if (position == digits)
            {
                return false;
            }

            for (int i = 0; i < 3; i++)
            {
                fractionMs = (fractionMs * 10) + (digits + i < position ? text[digits + i] - '0' : 0);
            }
        }

        if (!TryParseZone(text.AsSpan(position), out int zoneMinutes) ||
            !DateTime.TryParseExact(
                text.AsSpan(0, 19), "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime time))
        {
            return false;
        }

        timestampMs = ((time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond) + fractionMs - (zoneMinutes * 60_000L);
        return true;
    }

    private static bool TryParseZone(ReadOnlySpan<char> zone, out int minutes)
    {
        minutes = 0;
        if (zone is "Z" or "z")
        {
            return true;
        }

        if (zone.Length != 6 || zone[0] is not ('+' or '-') || zone[3] != ':' ||
            !int.TryParse(zone[1..3], NumberStyles.None, CultureInfo.InvariantCulture, out int hour) || hour > 23 ||
            !int.TryParse(zone[4..6], NumberStyles.None, CultureInfo.InvariantCulture, out int minute) || minute > 59)
        {
            return false;
        }

        minutes = ((hour * 60) + minute) * (zone[0] == '-' ? -1 : 1);
        return true;
    }
}
