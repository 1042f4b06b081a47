using System.Text;

namespace RemoteStore.PromQL.Parser.Lexing;

/// <summary>Reads strings to their closing quote and checks their escapes, which are those of Go.</summary>
internal static class StringScanner
{
    /// <summary>Reads a string in single or double quotes, the first of which is read.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? ScanQuoted(Scanner scanner, int quote)
    {
        while (true)
        {
            int c = scanner.Next();
            if (c == '\\')
            {
                if (Escape(scanner, quote) is { } fault)
                {
                    return fault;
                }
            }
            else if (c == Scanner.Replacement)
            {
                return "invalid UTF-8 rune";
            }
            else if (c is Scanner.EndOfInput or '\n')
            {
                return "unterminated quoted string";
            }
            else if (c == quote)
            {
                return null;
            }
        }
    }

    /// <summary>Reads a string in back quotes, the first of which is read.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    public static string? ScanRaw(Scanner scanner)
    {
        while (true)
        {
            switch (scanner.Next())
            {
                case Scanner.Replacement:
                    return "invalid UTF-8 rune";
                case Scanner.EndOfInput:
                    return "unterminated raw string";
                case '`':
                    return null;
                default:
                    break;
            }
        }
    }

    /// <summary>Checks an escape; its backslash is read.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    private static string? Escape(Scanner scanner, int quote)
    {
        int c = scanner.Next();
        if (c is 'a' or 'b' or 'f' or 'n' or 'r' or 't' or 'v' or '\\' || c == quote)
        {
            return null;
        }

        (int digits, int radix, uint max) = c switch
        {
            >= '0' and <= '7' => (3, 8, 255u),
            'x' => (2, 16, 255u),
            'u' => (4, 16, 0x10ffffu),
            'U' => (8, 16, 0x10ffffu),
            _ => (0, 0, 0u),
        };
        if (digits == 0)
        {
            return c == Scanner.EndOfInput ? "escape sequence not terminated" : $"unknown escape sequence {UnicodePoint(c)}";
        }

        if (radix == 8)
        {
            scanner.Backup();
        }

        uint value = 0;
        for (; digits > 0; digits--)
        {
            int digit = scanner.Peek();
            if (Characters.DigitValue(digit) >= radix)
            {
                return digit == Scanner.EndOfInput ? "escape sequence not terminated" : $"illegal character {UnicodePoint(digit)} in escape sequence";
            }

            value = (value * (uint)radix) + (uint)Characters.DigitValue(digit);
            _ = scanner.Next();
        }

        return value > max || value is >= 0xd800 and < 0xe000 ? "escape sequence is an invalid Unicode code point" : null;
    }

    private static string UnicodePoint(int c) => $"U+{c:X4} {GoText.Quote(new Rune(c))}";
}
