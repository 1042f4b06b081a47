using System.Globalization;

namespace RemoteStore.Ruler.Templates.Values;

/// <summary>A moment in UTC, as Go's <c>time.Time</c>.</summary>
/// <param name="UnixNanoseconds">Nanoseconds since the Unix epoch.</param>
internal sealed record GoTime(long UnixNanoseconds) : IGoObject, IGoStringer
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <inheritdoc/>
    public string TypeName => "*time.Time";

    /// <summary>As <c>2006-01-02 15:04:05.9 +0000 UTC</c>.</summary>
    public string Text => TimeLayout.Format(this, "2006-01-02 15:04:05.999999999 -0700 MST");

    /// <summary>Date and time to a tenth of a microsecond.</summary>
    public DateTime Date => DateTime.UnixEpoch.AddTicks(FloorDivide(UnixNanoseconds, 100));

    /// <summary>Nanoseconds within the second.</summary>
    public int Nanosecond => (int)(UnixNanoseconds - (FloorDivide(UnixNanoseconds, NanosecondsPerSecond) * NanosecondsPerSecond));

    /// <inheritdoc/>
    public bool TryField(string name, out object? value)
    {
        value = null;
        return false;
    }

    /// <inheritdoc/>
    public GoMethod? Method(string name) => Simple(name) is { } simple ? new GoMethod([], _ => simple()) : WithArguments(name);

    private Func<object?>? Simple(string name) => name switch
    {
        "String" => () => Text,
        "Unix" => () => FloorDivide(UnixNanoseconds, NanosecondsPerSecond),
        "UnixMilli" => () => FloorDivide(UnixNanoseconds, 1_000_000),
        "UnixMicro" => () => FloorDivide(UnixNanoseconds, 1_000),
        "UnixNano" => () => UnixNanoseconds,
        "Year" => () => (long)Date.Year,
        "Month" => () => new GoName("time.Month", CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(Date.Month), Date.Month),
        "Day" => () => (long)Date.Day,
        "Hour" => () => (long)Date.Hour,
        "Minute" => () => (long)Date.Minute,
        "Second" => () => (long)Date.Second,
        "Nanosecond" => () => (long)Nanosecond,
        "YearDay" => () => (long)Date.DayOfYear,
        "Weekday" => () => new GoName("time.Weekday", Date.DayOfWeek.ToString(), (int)Date.DayOfWeek),
        "UTC" or "Local" => () => this,
        "IsZero" => () => false,
        _ => null,
    };

    private GoMethod? WithArguments(string name) => name switch
    {
        "Format" => new GoMethod([GoKind.Text], arguments => TimeLayout.Format(this, (string)arguments[0]!)),
        "Add" => new GoMethod([GoKind.Duration], arguments => Later(((GoDuration)arguments[0]!).Nanoseconds)),
        "Sub" => new GoMethod([GoKind.Time], arguments => new GoDuration(Clamp((Int128)UnixNanoseconds - Other(arguments)))),
        "Before" => new GoMethod([GoKind.Time], arguments => UnixNanoseconds < Other(arguments)),
        "After" => new GoMethod([GoKind.Time], arguments => UnixNanoseconds > Other(arguments)),
        "Equal" => new GoMethod([GoKind.Time], arguments => UnixNanoseconds == Other(arguments)),
        "Compare" => new GoMethod([GoKind.Time], arguments => (long)UnixNanoseconds.CompareTo(Other(arguments))),
        "AddDate" => new GoMethod([GoKind.Int, GoKind.Int, GoKind.Int], arguments => AddDate((long)arguments[0]!, (long)arguments[1]!, (long)arguments[2]!)),
        "Truncate" => new GoMethod([GoKind.Duration], arguments => Truncate(((GoDuration)arguments[0]!).Nanoseconds)),
        _ => null,
    };

    private static long Other(object?[] arguments) => ((GoTime)arguments[0]!).UnixNanoseconds;

    private GoTime Later(Int128 nanoseconds) => new(Clamp(UnixNanoseconds + nanoseconds));

    /// <summary>Days and months that a month or year does not have run over into the next.</summary>
    private GoTime AddDate(long years, long months, long days)
    {
        DateTime date = Date;
        long month = Math.Clamp(date.Month - 1 + Math.Clamp(months, -10_000, 10_000), -20_000, 20_000);
        long year = date.Year + Math.Clamp(years, -1_000, 1_000) + FloorDivide(month, 12);
        year = Math.Clamp(year, 1, 9_999);
        var first = new DateTime((int)year, (int)(month - (FloorDivide(month, 12) * 12)) + 1, 1, 0, 0, 0, DateTimeKind.Utc);
        Int128 day = (Int128)(first - DateTime.UnixEpoch).Days + date.Day - 1 + Math.Clamp(days, -1_000_000, 1_000_000);
        long ofDay = UnixNanoseconds - (FloorDivide(UnixNanoseconds, 86_400 * NanosecondsPerSecond) * 86_400 * NanosecondsPerSecond);
        return new GoTime(Clamp((day * 86_400 * NanosecondsPerSecond) + ofDay));
    }

    /// <summary>Counted from the year 1, as Go does.</summary>
    private GoTime Truncate(long unit)
    {
        if (unit <= 0)
        {
            return this;
        }

        Int128 sinceYearOne = (Int128)UnixNanoseconds + ((Int128)62_135_596_800 * NanosecondsPerSecond);
        return Later(-(sinceYearOne % unit));
    }

    private static long Clamp(Int128 value) => (long)Int128.Clamp(value, long.MinValue, long.MaxValue);

    private static long FloorDivide(long value, long divisor) => (value / divisor) - (value % divisor < 0 ? 1 : 0);
}
