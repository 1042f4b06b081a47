using System.Globalization;

namespace RemoteStore.Api.Json;

/// <summary>
/// Floats as the API prints them: the shortest digits that read back as the same value, positional between 1e-6 and 1e21, else with an exponent of sign
/// and at least two digits.
/// </summary>
internal static class GoFloat
{
    /// <summary>Room that any value fits in.</summary>
    public const int MaxLength = 32;

    // Products below this are exact enough to tell which whole number is meant.
    private const double MaxScaled = 1L << 51;

    private static readonly double[] s_powers = [1e1, 1e2, 1e3, 1e4, 1e5, 1e6];

    /// <summary>Writes a value.</summary>
    /// <returns>Bytes written, at most <see cref="MaxLength"/>.</returns>
    public static int Format(double value, Span<byte> destination)
    {
        if (!double.IsFinite(value))
        {
            ReadOnlySpan<byte> word = double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8;
            word.CopyTo(destination);
            return word.Length;
        }

        int length = 0;
        if (double.IsNegative(value))
        {
            destination[length++] = (byte)'-';
            value = -value;
        }

        if (value < MaxScaled && TryWriteDecimal(value, destination[length..], out int written))
        {
            return length + written;
        }

        _ = value.TryFormat(destination[length..], out written, default, CultureInfo.InvariantCulture);
        int mark = destination.Slice(length, written).IndexOf((byte)'E');
        return length + (mark < 0 ? written : Rewrite(value, destination[length..], mark, written));
    }

    /// <summary>Writes a value as text expositions have it: with an exponent from 1e6 on and below 1e-4.</summary>
    /// <returns>Bytes written, at most <see cref="MaxLength"/>.</returns>
    public static int FormatShort(double value, Span<byte> destination)
    {
        double magnitude = Math.Abs(value);
        if (!double.IsFinite(value) || value == 0 || magnitude is >= 1e-4 and < 1e6)
        {
            return Format(value, destination);
        }

        int length = 0;
        if (value < 0)
        {
            destination[length++] = (byte)'-';
        }

        Span<byte> text = stackalloc byte[MaxLength];
        _ = magnitude.TryFormat(text, out int written, default, CultureInfo.InvariantCulture);
        return length + Exponential(text[..written], destination[length..]);
    }

    /// <summary>Writes a value with an exponent, whatever its size.</summary>
    /// <returns>Bytes written, at most <see cref="MaxLength"/>.</returns>
    public static int FormatExponent(double value, Span<byte> destination)
    {
        if (!double.IsFinite(value))
        {
            return Format(value, destination);
        }

        int length = 0;
        if (double.IsNegative(value))
        {
            destination[length++] = (byte)'-';
        }

        if (value == 0)
        {
            "0e+00"u8.CopyTo(destination[length..]);
            return length + "0e+00"u8.Length;
        }

        Span<byte> text = stackalloc byte[MaxLength];
        _ = Math.Abs(value).TryFormat(text, out int written, default, CultureInfo.InvariantCulture);
        return length + Exponential(text[..written], destination[length..]);
    }

    /// <summary>
    /// Whole numbers and values of few decimals, which most are. A quotient of a whole number and a power of ten, both exact, is rounded as reading the decimal
    /// would be; the first power that gives the value back therefore gives its shortest form.
    /// </summary>
    private static bool TryWriteDecimal(double value, Span<byte> destination, out int written)
    {
        written = 0;
        double whole = Math.Floor(value);
        if (whole == value)
        {
            return ((ulong)value).TryFormat(destination, out written, default, CultureInfo.InvariantCulture);
        }

        for (int decimals = 0; decimals < s_powers.Length; decimals++)
        {
            double power = s_powers[decimals];
            double scaled = Math.Round(value * power);
            if (scaled >= MaxScaled)
            {
                return false;
            }

            if (scaled / power == value)
            {
                WriteDecimal((ulong)scaled, decimals + 1, (ulong)power, destination, out written);
                return true;
            }
        }

        return false;
    }

    private static void WriteDecimal(ulong scaled, int decimals, ulong power, Span<byte> destination, out int written)
    {
        (ulong whole, ulong fraction) = Math.DivRem(scaled, power);
        _ = whole.TryFormat(destination, out written, default, CultureInfo.InvariantCulture);
        destination[written++] = (byte)'.';
        for (int i = written + decimals - 1; i >= written; i--)
        {
            (fraction, ulong digit) = Math.DivRem(fraction, 10);
            destination[i] = (byte)('0' + digit);
        }

        written += decimals;
    }

    /// <summary>Brings what .NET writes with an exponent, <c>1.5E-05</c>, to the other form.</summary>
    private static int Rewrite(double value, Span<byte> destination, int mark, int written)
    {
        _ = int.TryParse(destination[(mark + 1)..written], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int exponent);
        Span<byte> digits = stackalloc byte[MaxLength];
        int count = 0;
        foreach (byte c in destination[..mark])
        {
            if (c != '.')
            {
                digits[count++] = c;
            }
        }

        digits = digits[..count];
        return value is < 1e-6 or >= 1e21 ? WriteExponential(digits, exponent, destination) : WritePositional(digits, exponent, destination);
    }

    /// <summary>Brings digits with or without an exponent to the form with one.</summary>
    private static int Exponential(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        int mark = text.IndexOf((byte)'E');
        int exponent = 0;
        if (mark >= 0)
        {
            _ = int.TryParse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent);
            text = text[..mark];
        }

        int point = text.IndexOf((byte)'.');
        exponent += (point < 0 ? text.Length : point) - 1;
        Span<byte> digits = stackalloc byte[MaxLength];
        int count = 0;
        foreach (byte c in text)
        {
            if (c == '0' && count == 0)
            {
                exponent--; // a zero before the first digit that counts
            }
            else if (c != '.')
            {
                digits[count++] = c;
            }
        }

        while (count > 1 && digits[count - 1] == '0')
        {
            count--;
        }

        return WriteExponential(digits[..count], exponent, destination);
    }

    private static int WriteExponential(ReadOnlySpan<byte> digits, int exponent, Span<byte> destination)
    {
        int length = 0;
        destination[length++] = digits[0];
        if (digits.Length > 1)
        {
            destination[length++] = (byte)'.';
            digits[1..].CopyTo(destination[length..]);
            length += digits.Length - 1;
        }

        destination[length++] = (byte)'e';
        destination[length++] = (byte)(exponent < 0 ? '-' : '+');
        _ = Math.Abs(exponent).TryFormat(destination[length..], out int written, "00", CultureInfo.InvariantCulture);
        return length + written;
    }

    private static int WritePositional(ReadOnlySpan<byte> digits, int exponent, Span<byte> destination)
    {
        int length = 0;
        if (exponent < 0)
        {
            destination[length++] = (byte)'0';
            destination[length++] = (byte)'.';
            for (int i = -1; i > exponent; i--)
            {
                destination[length++] = (byte)'0';
            }

            digits.CopyTo(destination[length..]);
            return length + digits.Length;
        }

        for (int i = 0; i < digits.Length || i <= exponent; i++)
        {
            if (i == exponent + 1)
            {
                destination[length++] = (byte)'.';
            }

            destination[length++] = i < digits.Length ? digits[i] : (byte)'0';
        }

        return length;
    }
}
