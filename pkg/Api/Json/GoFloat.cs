using System.Globalization;
using RemoteStore.Primitives.Numerics;

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

    private const int MaxDecimals = 6;
    private const ulong Scale = 1_000_000;

    /// <summary>Writes a value.</summary>
    /// <returns>Bytes written, at most <see cref="MaxLength"/>.</returns>
    public static int Format(double value, Span<byte> destination)
    {
        if (!double.IsFinite(value))
        {
            return WriteWord(value, destination);
        }

        int length = WriteSign(ref value, destination);
        destination = destination[length..];
        if (value < MaxScaled && Math.Floor(value) == value)
        {
            return length + WriteDigits((ulong)value, destination);
        }

        // Most values have few decimals. A quotient of a whole number and a power of ten, both exact, is rounded as reading the decimal would be. Doubles
        // lie closer here than such decimals, so if one of them is read back as the value, all others are not; without the zeros at its end it is the shortest.
        double scaled = Math.Round(value * Scale);
        if (scaled < MaxScaled && scaled / Scale == value)
        {
            return length + WriteDecimals((ulong)scaled, destination);
        }

        var shortest = ShortestDecimal.Of(value);
        return length + (value is < 1e-6 or >= 1e21 ? WriteExponential(shortest, destination) : WritePositional(shortest, destination));
    }

    /// <summary>Writes a value as text expositions have it: with an exponent from 1e6 on and below 1e-4.</summary>
    /// <returns>Bytes written, at most <see cref="MaxLength"/>.</returns>
    public static int FormatShort(double value, Span<byte> destination) =>
        !double.IsFinite(value) || value == 0 || Math.Abs(value) is >= 1e-4 and < 1e6
            ? Format(value, destination)
            : FormatExponent(value, destination);

    /// <summary>Writes a value with an exponent, whatever its size.</summary>
    /// <returns>Bytes written, at most <see cref="MaxLength"/>.</returns>
    public static int FormatExponent(double value, Span<byte> destination)
    {
        if (!double.IsFinite(value))
        {
            return WriteWord(value, destination);
        }

        int length = WriteSign(ref value, destination);
        return length + WriteExponential(value == 0 ? default : ShortestDecimal.Of(value), destination[length..]);
    }

    private static int WriteWord(double value, Span<byte> destination)
    {
        ReadOnlySpan<byte> word = double.IsNaN(value) ? "NaN"u8 : value > 0 ? "+Inf"u8 : "-Inf"u8;
        word.CopyTo(destination);
        return word.Length;
    }

    /// <summary>Writes the sign of a negative value, and takes it away.</summary>
    private static int WriteSign(ref double value, Span<byte> destination)
    {
        if (!double.IsNegative(value))
        {
            return 0;
        }

        value = -value;
        destination[0] = (byte)'-';
        return 1;
    }

    /// <summary>Writes a number of millionths that is not whole.</summary>
    private static int WriteDecimals(ulong millionths, Span<byte> destination)
    {
        (ulong whole, ulong fraction) = Math.DivRem(millionths, Scale);
        int length = WriteDigits(whole, destination);
        destination[length++] = (byte)'.';
        int end = length + MaxDecimals;
        for (int i = end - 1; i >= length; i--)
        {
            (fraction, ulong digit) = Math.DivRem(fraction, 10);
            destination[i] = (byte)('0' + digit);
        }

        while (destination[end - 1] == '0')
        {
            end--;
        }

        return end;
    }

    private static int WriteExponential(ShortestDecimal value, Span<byte> destination)
    {
        int length = WriteDigits(value.Digits, destination);
        int exponent = value.Exponent + length - 1;
        if (length > 1)
        {
            InsertPoint(destination, 1, length++);
        }

        destination[length++] = (byte)'e';
        destination[length++] = (byte)(exponent < 0 ? '-' : '+');
        if (Math.Abs(exponent) < 10)
        {
            destination[length++] = (byte)'0';
        }

        return length + WriteDigits((ulong)Math.Abs(exponent), destination[length..]);
    }

    private static int WritePositional(ShortestDecimal value, Span<byte> destination)
    {
        int length = WriteDigits(value.Digits, destination);
        int point = length + value.Exponent; // digits in front of it
        if (point <= 0)
        {
            int zeros = 2 - point; // with the one in front of the point, and the place of the point itself
            destination[..length].CopyTo(destination[zeros..]);
            destination[..zeros].Fill((byte)'0');
            destination[1] = (byte)'.';
            return length + zeros;
        }

        if (point >= length)
        {
            destination[length..point].Fill((byte)'0');
            return point;
        }

        InsertPoint(destination, point, length);
        return length + 1;
    }

    private static void InsertPoint(Span<byte> destination, int at, int length)
    {
        destination[at..length].CopyTo(destination[(at + 1)..]);
        destination[at] = (byte)'.';
    }

    private static int WriteDigits(ulong value, Span<byte> destination)
    {
        _ = value.TryFormat(destination, out int written, default, CultureInfo.InvariantCulture);
        return written;
    }
}
