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

        if (value == 0)
        {
            destination[length++] = (byte)'0';
            return length;
        }

        Span<byte> digits = stackalloc byte[MaxLength];
        int count = ShortestDigits(value, digits, out int exponent);
        digits = digits[..count];
        return length + (value is < 1e-6 or >= 1e21
            ? WriteExponential(digits, exponent, destination[length..])
            : WritePositional(digits, exponent, destination[length..]));
    }

    /// <summary>The digits without leading or trailing zeros, and the decimal exponent of the first one.</summary>
    private static int ShortestDigits(double value, Span<byte> digits, out int exponent)
    {
        // "E16" would round to 17 digits; the default form is the shortest that reads back.
        Span<byte> text = stackalloc byte[MaxLength];
        _ = value.TryFormat(text, out int written, default, CultureInfo.InvariantCulture);
        text = text[..written];
        int mark = text.IndexOf((byte)'E');
        int scale = 0;
        if (mark >= 0)
        {
            _ = int.TryParse(text[(mark + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out scale);
            text = text[..mark];
        }

        int point = text.IndexOf((byte)'.');
        int integerDigits = point < 0 ? text.Length : point;
        int count = 0;
        int leadingZeros = 0;
        foreach (byte c in text)
        {
            if (c == '.')
            {
                continue;
            }

            if (count == 0 && c == '0')
            {
                leadingZeros++;
                continue;
            }

            digits[count++] = c;
        }

        while (count > 1 && digits[count - 1] == '0')
        {
            count--;
        }

        exponent = scale + integerDigits - leadingZeros - 1;
        return count;
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
