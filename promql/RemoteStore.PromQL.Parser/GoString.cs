using System.Globalization;
using System.Text;

namespace RemoteStore.PromQL.Parser;

/// <summary>String literals with the escapes of Go: double, single and back quotes.</summary>
public static class GoString
{
    /// <summary>Takes the quotes off a literal and resolves its escapes, which may form anything.</summary>
    /// <param name="literal">The literal, quotes included, begin and end known to be the same quote.</param>
    /// <param name="value">The bytes when true is returned.</param>
    /// <param name="fault">What is wrong when false is returned.</param>
    public static bool TryUnquote(string literal, out byte[] value, out string fault)
    {
        value = [];
        fault = "";
        char quote = literal[0];
        ReadOnlySpan<char> body = literal.AsSpan(1, literal.Length - 2);
        if (quote == '`' || !body.Contains('\\'))
        {
            value = Encoding.UTF8.GetBytes(body.ToString());
            return true;
        }

        var bytes = new List<byte>(body.Length + 8);
        for (int i = 0; i < body.Length;)
        {
            if (body[i] != '\\')
            {
                int next = body[i..].IndexOf('\\');
                int end = next < 0 ? body.Length : i + next;
                bytes.AddRange(Encoding.UTF8.GetBytes(body[i..end].ToString()));
                i = end;
            }
            else if (!TryEscape(body, ref i, quote, bytes, out fault))
            {
                return false;
            }
        }

        value = [.. bytes];
        return true;
    }

    private static bool TryEscape(ReadOnlySpan<char> body, ref int i, char quote, List<byte> bytes, out string fault)
    {
        fault = "escape sequence not terminated";
        if (i + 1 >= body.Length)
        {
            return false;
        }

        char c = body[i + 1];
        int plain = c switch
        {
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            '\\' => '\\',
            _ when c == quote => c,
            _ => -1,
        };
        if (plain >= 0)
        {
            bytes.Add((byte)plain);
            i += 2;
            return true;
        }

        (int digits, int radix) = c switch
        {
            'x' => (2, 16),
            'u' => (4, 16),
            'U' => (8, 16),
            >= '0' and <= '7' => (3, 8),
            _ => (0, 0),
        };
        int first = radix == 8 ? i + 1 : i + 2;
        if (digits == 0)
        {
            fault = $"unknown escape sequence U+{(int)c:X4} '{c}'";
            return false;
        }

        if (first + digits > body.Length)
        {
            return false;
        }

        if (!TryDigits(body.Slice(first, digits), radix, out long code))
        {
            fault = "invalid character in escape sequence";
            return false;
        }

        i = first + digits;
        bool codePoint = c is 'u' or 'U';
        if (codePoint ? code > 0x10ffff || !Rune.IsValid((int)code) : code > byte.MaxValue)
        {
            fault = "escape sequence is an invalid Unicode code point";
            return false;
        }

        if (codePoint)
        {
            bytes.AddRange(Encoding.UTF8.GetBytes(new Rune((int)code).ToString()));
        }
        else
        {
            bytes.Add((byte)code);
        }

        return true;
    }

    private static bool TryDigits(ReadOnlySpan<char> digits, int radix, out long code)
    {
        if (radix == 16)
        {
            return long.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out code);
        }

        code = 0;
        foreach (char digit in digits)
        {
            if (digit is < '0' or > '7')
            {
                return false;
            }

            code = (code * 8) + (digit - '0');
        }

        return true;
    }
}
