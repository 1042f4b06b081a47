namespace RemoteStore.PromQL.Functions;

/// <summary>Parts of a date in UTC, of seconds since the Unix epoch; any 64-bit number of seconds, in the proleptic Gregorian calendar.</summary>
internal static class DateFunctions
{
    /// <summary>The function of that name, null when it is none.</summary>
    public static Func<double, double>? Find(string name) => name switch
    {
        "minute" => static v => Modulo(Floor(Seconds(v), 60), 60),
        "hour" => static v => Modulo(Floor(Seconds(v), 3600), 24),
        "day_of_week" => static v => Modulo(Days(v) + 4, 7),
        "day_of_month" => static v => Civil(Days(v)).Day,
        "day_of_year" => static v => DayOfYear(Days(v)),
        "days_in_month" => static v => DaysInMonth(Days(v)),
        "month" => static v => Civil(Days(v)).Month,
        "year" => static v => Civil(Days(v)).Year,
        _ => null,
    };

    private static long Seconds(double value) => double.IsNaN(value) || value >= 9.3e18 || value <= -9.3e18 ? long.MinValue : (long)value;

    private static long Days(double value) => Floor(Seconds(value), 86_400);

    private static long Floor(long value, long divisor) => Math.DivRem(value, divisor, out long rest) - (rest < 0 ? 1 : 0);

    private static long Modulo(long value, long divisor) => value - (Floor(value, divisor) * divisor);

    private static double DayOfYear(long days)
    {
        (long year, int _, int _) = Civil(days);
        return days - DaysBefore(year) + 1;
    }

    private static double DaysInMonth(long days)
    {
        (long year, int month, int _) = Civil(days);
        return month switch
        {
            2 => IsLeap(year) ? 29 : 28,
            4 or 6 or 9 or 11 => 30,
            _ => 31,
        };
    }

    private static bool IsLeap(long year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    /// <summary>Days from the epoch to the first of January.</summary>
    private static long DaysBefore(long year)
    {
        long y = year - 1;
        return (y * 365) + Floor(y, 4) - Floor(y, 100) + Floor(y, 400) - 719_162;
    }

    /// <summary>Date of a day: years counted from March, so that the leap day is the last (Hinnant, "chrono-Compatible Low-Level Date Algorithms").</summary>
    private static (long Year, int Month, int Day) Civil(long days)
    {
        long shifted = days + 719_468;
        long era = Floor(shifted, 146_097);
        long dayOfEra = shifted - (era * 146_097);
        long yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        long dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        long m = ((5 * dayOfYear) + 2) / 153;
        int day = (int)(dayOfYear - (((153 * m) + 2) / 5) + 1);
        int month = (int)(m < 10 ? m + 3 : m - 9);
        return (yearOfEra + (era * 400) + (month <= 2 ? 1 : 0), month, day);
    }
}
