using System.Globalization;
using System.Text;

namespace RemoteStore.Ruler.Templates.Values;

/// <summary>A length of time, as Go's <c>time.Duration</c>.</summary>
/// <param name="Nanoseconds">The length.</param>
internal sealed record GoDuration(long Nanoseconds) : IGoObject, IGoStringer
{
    /// <inheritdoc/>
    public string TypeName => "*time.Duration";

    /// <summary>The length in seconds.</summary>
    public double Seconds => Nanoseconds / 1_000_000_000 + (Nanoseconds % 1_000_000_000 / 1e9);

    /// <summary>As <c>1h2m3.5s</c>; below a second in the largest unit that leaves no zero before the point.</summary>
    public string Text
    {
        get
        {
            if (Nanoseconds == 0)
            {
                return "0s";
            }

            UInt128 rest = (UInt128)Int128.Abs(Nanoseconds);
            string sign = Nanoseconds < 0 ? "-" : "";
            if (rest < 1_000_000_000)
            {
                (string unit, ulong size) = rest < 1_000 ? ("ns", 1UL) : rest < 1_000_000 ? ("µs", 1_000UL) : ("ms", 1_000_000UL);
                return $"{sign}{Decimal((ulong)rest, size)}{unit}";
            }

            ulong seconds = (ulong)(rest / 1_000_000_000);
            var text = new StringBuilder(sign);
            if (seconds >= 3600)
            {
                text.Append(CultureInfo.InvariantCulture, $"{seconds / 3600}h");
            }

            if (seconds >= 60)
            {
                text.Append(CultureInfo.InvariantCulture, $"{seconds / 60 % 60}m");
            }

            return text.Append(Decimal((ulong)(rest % 60_000_000_000), 1_000_000_000)).Append('s').ToString();
        }
    }

    /// <inheritdoc/>
    public bool TryField(string name, out object? value)
    {
        value = null;
        return false;
    }

    /// <inheritdoc/>
    public GoMethod? Method(string name)
    {
        Func<object?[], object?>? call = name switch
        {
            "String" => _ => Text,
            "Nanoseconds" => _ => Nanoseconds,
            "Microseconds" => _ => Nanoseconds / 1_000,
            "Milliseconds" => _ => Nanoseconds / 1_000_000,
            "Seconds" => _ => Seconds,
            "Minutes" => _ => Nanoseconds / 60_000_000_000 + (Nanoseconds % 60_000_000_000 / 60e9),
            "Hours" => _ => Nanoseconds / 3_600_000_000_000 + (Nanoseconds % 3_600_000_000_000 / 3600e9),
            "Abs" => _ => new GoDuration(Nanoseconds == long.MinValue ? long.MaxValue : Math.Abs(Nanoseconds)),
            _ => null,
        };
        if (call is not null)
        {
            return new GoMethod([], call);
        }

        return name switch
        {
            "Truncate" => new GoMethod([GoKind.Duration], arguments => new GoDuration(Truncate(((GoDuration)arguments[0]!).Nanoseconds))),
            "Round" => new GoMethod([GoKind.Duration], arguments => new GoDuration(Round(((GoDuration)arguments[0]!).Nanoseconds))),
            _ => null,
        };
    }

    private long Truncate(long unit) => unit <= 0 ? Nanoseconds : Nanoseconds - (Nanoseconds % unit);

    private long Round(long unit)
    {
        if (unit <= 0)
        {
            return Nanoseconds;
        }

        Int128 rest = Nanoseconds % unit;
        Int128 rounded = Int128.Abs(rest) * 2 < unit ? Nanoseconds - rest : Nanoseconds - rest + (rest < 0 ? -(Int128)unit : unit);
        return (long)Int128.Clamp(rounded, long.MinValue, long.MaxValue);
    }

    private static string Decimal(ulong value, ulong unit)
    {
        string whole = (value / unit).ToString(CultureInfo.InvariantCulture);
        ulong fraction = value % unit;
        int places = (int)Math.Log10(unit);
        return fraction == 0 ? whole : $"{whole}.{fraction.ToString(CultureInfo.InvariantCulture).PadLeft(places, '0').TrimEnd('0')}";
    }
}
