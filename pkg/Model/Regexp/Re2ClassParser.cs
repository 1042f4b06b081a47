using System.Diagnostics.CodeAnalysis;
using System.Text;
using static RemoteStore.Model.Regexp.Re2SyntaxException;

namespace RemoteStore.Model.Regexp;

/// <summary>Parses character classes and escapes. Positions move behind what was read.</summary>
internal static class Re2ClassParser
{
    private static readonly RuneClass s_digit = RuneClass.Range('0', '9');
    private static readonly RuneClass s_space = RuneClass.Of([('\t', '\n'), ('\f', '\r'), (' ', ' ')]);

    private static readonly Dictionary<string, RuneClass> s_posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = RuneClass.Of([('0', '9'), ('A', 'Z'), ('a', 'z')]),
        ["alpha"] = RuneClass.Of([('A', 'Z'), ('a', 'z')]),
        ["ascii"] = RuneClass.Range(0, 0x7f),
        ["blank"] = RuneClass.Of([('\t', '\t'), (' ', ' ')]),
        ["cntrl"] = RuneClass.Of([(0, 0x1f), (0x7f, 0x7f)]),
        ["digit"] = s_digit,
        ["graph"] = RuneClass.Range('!', '~'),
        ["lower"] = RuneClass.Range('a', 'z'),
        ["print"] = RuneClass.Range(' ', '~'),
        ["punct"] = RuneClass.Of([('!', '/'), (':', '@'), ('[', '`'), ('{', '~')]),
        ["space"] = RuneClass.Of([('\t', '\r'), (' ', ' ')]),
        ["upper"] = RuneClass.Range('A', 'Z'),
        ["word"] = RuneClass.Word,
        ["xdigit"] = RuneClass.Of([('0', '9'), ('A', 'F'), ('a', 'f')]),
    };

    /// <summary>Parses <c>[…]</c>.</summary>
    public static RuneClass ParseBracket(string pattern, ref int position, ParseFlags flags)
    {
        int start = position++;
        bool negated = At(pattern, position) == '^';
        position += negated ? 1 : 0;
        var ranges = new List<(int, int)>();
        bool first = true; // a ] at the begin is a literal
        while (position >= pattern.Length || pattern[position] != ']' || first)
        {
            first = false;
            if (TryParseNamed(pattern, ref position, flags, out RuneClass? named)
                || TryParseEscapedClass(pattern, ref position, flags, out named))
            {
                named.AddTo(ranges);
            }
            else
            {
                ParseRange(pattern, ref position, start, flags, ranges);
            }
        }

        position++;
        var runes = RuneClass.Of(ranges);
        return negated ? runes.Negate() : runes;
    }

    /// <summary>Parses <c>\d \D \s \S \w \W \p… \P…</c>; false when something else stands there.</summary>
    public static bool TryParseEscapedClass(string pattern, ref int position, ParseFlags flags, [NotNullWhen(true)] out RuneClass? runes)
    {
        runes = null;
        if (At(pattern, position) != '\\')
        {
            return false;
        }

        char letter = At(pattern, position + 1);
        switch (letter)
        {
            case 'd' or 'D':
                runes = s_digit;
                break;
            case 's' or 'S':
                runes = s_space;
                break;
            case 'w' or 'W':
                runes = RuneClass.Word;
                break;
            case 'p' or 'P':
                runes = ParseUnicode(pattern, ref position, flags);
                return true;
            default:
                return false;
        }

        position += 2;
        runes = Folded(runes, flags);
        runes = char.IsAsciiLetterUpper(letter) ? runes.Negate() : runes;
        return true;
    }

    /// <summary>Parses an escape that stands for one code point.</summary>
    public static int ParseEscape(string pattern, ref int position)
    {
        int start = position++;
        if (position >= pattern.Length)
        {
            throw new Re2SyntaxException(TrailingBackslash, "");
        }

        int c = NextRune(pattern, ref position);
        switch (c)
        {
            case >= '1' and <= '7' when !IsOctal(At(pattern, position)):
                break; // a back reference
            case >= '0' and <= '7':
                int octal = c - '0';
                for (int i = 1; i < 3 && IsOctal(At(pattern, position)); i++)
                {
                    octal = (octal * 8) + (pattern[position++] - '0');
                }

                return octal;
            case 'x':
                int hex = ParseHex(pattern, ref position);
                if (hex >= 0)
                {
                    return hex;
                }

                break;
            case 'a':
                return '\a';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            case < 0x80 when !char.IsAsciiLetterOrDigit((char)c):
                return c;
        }

        throw new Re2SyntaxException(InvalidEscape, pattern[start..position]);
    }

    /// <summary>Parses what follows <c>\x</c>; negative when it is not right.</summary>
    private static int ParseHex(string pattern, ref int position)
    {
        if (position >= pattern.Length)
        {
            return -1;
        }

        int c = NextRune(pattern, ref position);
        if (c != '{')
        {
            int high = Hex(c);
            int low = position < pattern.Length ? Hex(NextRune(pattern, ref position)) : -1;
            return high < 0 || low < 0 ? -1 : (high * 16) + low;
        }

        int value = 0;
        for (int digits = 0; position < pattern.Length; digits++)
        {
            c = NextRune(pattern, ref position);
            if (c == '}')
            {
                return digits > 0 ? value : -1;
            }

            int digit = Hex(c);
            value = (value * 16) + digit;
            if (digit < 0 || value > RuneClass.MaxRune)
            {
                return -1;
            }
        }

        return -1;
    }

    private static void ParseRange(string pattern, ref int position, int classStart, ParseFlags flags, List<(int, int)> ranges)
    {
        int start = position;
        int lo = ParseClassRune(pattern, ref position, classStart);
        int hi = lo;
        if (At(pattern, position) == '-' && position + 1 < pattern.Length && pattern[position + 1] != ']')
        {
            position++;
            hi = ParseClassRune(pattern, ref position, classStart);
            if (hi < lo)
            {
                throw new Re2SyntaxException(InvalidCharRange, pattern[start..position]);
            }
        }

        if ((flags & ParseFlags.FoldCase) != 0)
        {
            CaseFolding.AddFolded(ranges, lo, hi);
        }
        else
        {
            ranges.Add((lo, hi));
        }
    }

    private static int ParseClassRune(string pattern, ref int position, int classStart)
    {
        if (position >= pattern.Length)
        {
            throw new Re2SyntaxException(MissingBracket, pattern[classStart..]);
        }

        return pattern[position] == '\\' ? ParseEscape(pattern, ref position) : NextRune(pattern, ref position);
    }

    /// <summary>Parses <c>[:name:]</c> or <c>[:^name:]</c>.</summary>
    private static bool TryParseNamed(string pattern, ref int position, ParseFlags flags, [NotNullWhen(true)] out RuneClass? runes)
    {
        runes = null;
        if (At(pattern, position) != '[' || At(pattern, position + 1) != ':')
        {
            return false;
        }

        int end = pattern.IndexOf(":]", position + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            return false;
        }

        string name = pattern[(position + 2)..end];
        bool negated = name.StartsWith('^');
        if (!s_posix.TryGetValue(negated ? name[1..] : name, out runes))
        {
            throw new Re2SyntaxException(InvalidCharRange, pattern[position..(end + 2)]);
        }

        position = end + 2;
        runes = Folded(runes, flags);
        runes = negated ? runes.Negate() : runes;
        return true;
    }

    private static RuneClass ParseUnicode(string pattern, ref int position, ParseFlags flags)
    {
        int start = position;
        bool negated = pattern[position + 1] == 'P';
        position += 2;
        ReadOnlySpan<char> name = [];
        if (position < pattern.Length && pattern[position] == '{')
        {
            int end = pattern.IndexOf('}', position);
            if (end < 0)
            {
                throw new Re2SyntaxException(InvalidCharRange, pattern[start..]);
            }

            name = pattern.AsSpan(position + 1, end - position - 1);
            position = end + 1;
        }
        else if (position < pattern.Length)
        {
            int nameStart = position;
            NextRune(pattern, ref position);
            name = pattern.AsSpan(nameStart, position - nameStart);
        }

        if (name.StartsWith("^"))
        {
            negated = !negated;
            name = name[1..];
        }

        RuneClass runes = UnicodeClasses.Find(name) ?? throw new Re2SyntaxException(InvalidCharRange, pattern[start..position]);
        runes = Folded(runes, flags);
        return negated ? runes.Negate() : runes;
    }

    private static RuneClass Folded(RuneClass runes, ParseFlags flags) => (flags & ParseFlags.FoldCase) != 0 ? CaseFolding.Fold(runes) : runes;

    private static char At(string pattern, int position) => position < pattern.Length ? pattern[position] : '\0';

    private static int NextRune(string pattern, ref int position)
    {
        var rune = Rune.GetRuneAt(pattern, position);
        position += rune.Utf16SequenceLength;
        return rune.Value;
    }

    private static bool IsOctal(char c) => c is >= '0' and <= '7';

    private static int Hex(int c) => c < 0x80 && char.IsAsciiHexDigit((char)c) ? Convert.ToInt32(((char)c).ToString(), 16) : -1;
}
