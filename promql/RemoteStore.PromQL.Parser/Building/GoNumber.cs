using System.Globalization;

namespace RemoteStore.PromQL.Parser.Building;

/// <summary>Numbers as Go reads them.</summary>
internal static class GoNumber
{
    /// <summary>An integer of 64 bits: decimal, <c>0x</c>, or octal with a leading zero; underscores between digits.</summary>
    public static bool TryInteger(string text, out long value)
    {
        value = 0;
        int radix = 10;
        ReadOnlySpan<char> digits = text;
        if (digits.Length > 1 && digits[0] == '0')
        {
            bool hexadecimal = digits[1] is 'x' or 'X';
            radix = hexadecimal ? 16 : 8;
            digits = digits[(hexadecimal ? 2 : 1)..];
            if (digits.Length > 1 && digits[0] == '_')
            {
                digits = digits[1..]; // also between the prefix and the digits
            }
        }

        bool afterDigit = false;
        foreach (char c in digits)
        {
            int digit = Lexing.Characters.DigitValue(c);
            if (c == '_' && afterDigit)
            {
                afterDigit = false;
                continue;
            }

            if (digit >= radix || value > (long.MaxValue - digit) / radix)
            {
                return false;
            }

            value = (value * radix) + digit;
            afterDigit = true;
        }

        return afterDigit;
    }

    /// <summary>A decimal number with fraction and exponent, underscores between digits, or infinity or NaN in any case.</summary>
    public static bool TryFloat(string text, out double value)
    {
        switch (text.ToLowerInvariant())
        {
            case "inf":
                value = double.PositiveInfinity;
                return true;
            case "nan":
                value = double.NaN;
                return true;
            default:
                value = 0;
                return UnderscoresSeparateDigits(text) && double.TryParse(
                    text.Contains('_', StringComparison.Ordinal) ? text.Replace("_", "", StringComparison.Ordinal) : text,
                    NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
                    CultureInfo.InvariantCulture,
                    out value);
        }
    }

    private static bool UnderscoresSeparateDigits(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '_' && (i == 0 || i == text.Length - 1 || !char.IsAsciiDigit(text[i - 1]) || !char.IsAsciiDigit(text[i + 1])))
            {
                return false;
            }
        }

        return true;
    }
}
