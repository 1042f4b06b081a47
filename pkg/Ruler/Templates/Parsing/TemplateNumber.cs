using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Lexing;

namespace RemoteStore.Ruler.Templates.Parsing;

/// <summary>Reads numbers of templates, with the prefixes and underscores of Go.</summary>
internal static class TemplateNumber
{
    /// <summary>Reads a number or a character constant.</summary>
    /// <param name="token">The token.</param>
    /// <param name="number">The number when true is returned.</param>
    /// <param name="fault">What is wrong when false is returned.</param>
    public static bool TryRead(Token token, [NotNullWhen(true)] out NumberNode? number, out string fault)
    {
        string text = token.Text;
        number = null;
        fault = "";
        if (token.Kind == TokenKind.CharacterConstant)
        {
            return TryReadCharacter(token, out number, out fault);
        }

        BigInteger? whole = Whole(text);
        long? integer = whole is { } i && i >= long.MinValue && i <= long.MaxValue ? (long)i : null;
        ulong? unsigned = whole is { } u && u >= 0 && u <= ulong.MaxValue ? (ulong)u : null;
        double? real = integer is { } signed ? signed : unsigned;
        if (real is null && Float(text) is { } value)
        {
            if (text.AsSpan().IndexOfAny(".eEpP") < 0)
            {
                fault = $"integer overflow: {GoText.Quote(text)}";
                return false;
            }

            real = value;
            bool isWhole = Math.Floor(value) == value;
            integer = isWhole && value is >= -9.2233720368547758e18 and < 9.2233720368547758e18 ? (long)value : null;
            unsigned = isWhole && value is >= 0 and < 1.8446744073709552e19 ? (ulong)value : null;
        }

        if (real is null)
        {
            fault = $"illegal number syntax: {GoText.Quote(text)}";
            return false;
        }

        number = new NumberNode(token.Position, text, integer, unsigned, real);
        return true;
    }

    private static bool TryReadCharacter(Token token, [NotNullWhen(true)] out NumberNode? number, out string fault)
    {
        number = null;
        fault = $"malformed character constant: {token.Text}";
        if (!GoString.TryUnquote(token.Text, out byte[] bytes, out _) || bytes.Length == 0)
        {
            return false;
        }

        bool isRune = Rune.DecodeFromUtf8(bytes, out Rune rune, out int width) == System.Buffers.OperationStatus.Done;
        if (width != bytes.Length)
        {
            return false;
        }

        int value = isRune ? rune.Value : bytes[0];
        number = new NumberNode(token.Position, token.Text, value, (ulong)value, value);
        return true;
    }

    /// <summary>A whole number in any base; null when it is none.</summary>
    private static BigInteger? Whole(string text)
    {
        bool negative = text.StartsWith('-');
        string digits = text.TrimStart('+', '-');
        (int radix, string rest) = digits switch
        {
            ['0', 'x' or 'X', .. string hex] => (16, hex),
            ['0', 'o' or 'O', .. string octal] => (8, octal),
            ['0', 'b' or 'B', .. string binary] => (2, binary),
            ['0', .. { Length: > 0 } octal] => (8, octal),
            _ => (10, digits),
        };
        rest = rest.Replace("_", "", StringComparison.Ordinal);
        if (rest.Length is 0 or > 100)
        {
            return null;
        }

        BigInteger value = BigInteger.Zero;
        foreach (char c in rest)
        {
            int digit = char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : radix;
            if (digit >= radix)
            {
                return null;
            }

            value = (value * radix) + digit;
        }

        return negative ? -value : value;
    }

    private static double? Float(string text)
    {
        string plain = text.Replace("_", "", StringComparison.Ordinal);
        return double.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;
    }
}
