using System.Globalization;

namespace RemoteStore.Ruler.Templates.Printing;

/// <summary>
/// A positive number in decimal: 0.d₁d₂… times ten to the exponent. Rounds halves to even, as Go does, where .NET rounds them up.
/// </summary>
/// <param name="Digits">Digits, the first not zero; empty for zero.</param>
/// <param name="Exponent">Where the point is.</param>
internal readonly record struct DecimalDigits(string Digits, int Exponent)
{
    /// <summary>No double has more digits than that.</summary>
    private const int AllDigits = 767;

    /// <summary>Digits looked at beyond those wanted, before all are asked for.</summary>
    private const int Margin = 20;

    /// <summary>The fewest digits that give the number back.</summary>
    public static DecimalDigits Shortest(double value) => Read(value.ToString("R", CultureInfo.InvariantCulture)).Trim();

    /// <summary>So many significant digits, zeros at the end included.</summary>
    /// <param name="value">A number, finite, 0 or above.</param>
    /// <param name="count">Digits, at least 1.</param>
    public static DecimalDigits Significant(double value, int count)
    {
        if (value == 0)
        {
            return new DecimalDigits(new string('0', count), 1);
        }

        DecimalDigits rounded = Near(value, count, count).Round(count);
        return rounded with { Digits = rounded.Digits.PadRight(count, '0') };
    }

    /// <summary>Rounded to so many digits behind the point, those at the end that are zero left out.</summary>
    /// <param name="value">A number, finite, 0 or above.</param>
    /// <param name="decimals">Digits behind the point, 0 or above.</param>
    public static DecimalDigits Decimals(double value, int decimals)
    {
        if (value == 0)
        {
            return new DecimalDigits("", 0);
        }

        int exponent = Read(value.ToString("E0", CultureInfo.InvariantCulture)).Exponent;
        int count = exponent + decimals;
        DecimalDigits near = Near(value, Math.Max(1, count), count);
        return near.Round(near.Exponent + decimals);
    }

    /// <summary>Enough digits to round at a place: few, unless those few look like a half.</summary>
    private static DecimalDigits Near(double value, int count, int place)
    {
        int shown = Math.Min(AllDigits, count + Margin);
        DecimalDigits few = Exactly(value, shown);
        int at = Math.Max(0, place - 1);
        bool couldBeHalf = few.Digits.AsSpan(Math.Min(at, few.Digits.Length)).TrimEnd('0').Length <= 3;
        return couldBeHalf && shown < AllDigits ? Exactly(value, AllDigits) : few;
    }

    private static DecimalDigits Exactly(double value, int count) => Read(value.ToString($"E{count - 1}", CultureInfo.InvariantCulture));

    private static DecimalDigits Read(string text)
    {
        int e = text.IndexOf('E', StringComparison.Ordinal);
        string mantissa = e < 0 ? text : text[..e];
        int exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        exponent += point < 0 ? digits.Length : point;
        string significant = digits.TrimStart('0');
        return new DecimalDigits(significant, significant.Length == 0 ? 0 : exponent - (digits.Length - significant.Length));
    }

    private DecimalDigits Trim()
    {
        string trimmed = Digits.TrimEnd('0');
        return new DecimalDigits(trimmed, trimmed.Length == 0 ? 0 : Exponent);
    }

    private DecimalDigits Round(int count)
    {
        if (count >= Digits.Length)
        {
            return Trim();
        }

        if (count < 0)
        {
            return new DecimalDigits("", 0);
        }

        ReadOnlySpan<char> rest = Digits.AsSpan(count);
        bool isHalf = rest[0] == '5' && rest[1..].TrimEnd('0').IsEmpty;
        bool up = isHalf ? count > 0 && (Digits[count - 1] - '0') % 2 == 1 : rest[0] >= '5';
        if (!up)
        {
            return new DecimalDigits(Digits[..count], Exponent).Trim();
        }

        int last = count - 1;
        while (last >= 0 && Digits[last] == '9')
        {
            last--;
        }

        return last < 0
            ? new DecimalDigits("1", Exponent + 1)
            : new DecimalDigits(string.Concat(Digits.AsSpan(0, last), ((char)(Digits[last] + 1)).ToString()), Exponent);
    }
}
