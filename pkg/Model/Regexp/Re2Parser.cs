using System.Text;
using static RemoteStore.Model.Regexp.Re2SyntaxException;

namespace RemoteStore.Model.Regexp;

/// <summary>Flags in force at a place of a pattern.</summary>
[Flags]
internal enum ParseFlags
{
    None = 0,
    FoldCase = 1,
    DotNewline = 2,
    OneLine = 4,
    NonGreedy = 8,
}

/// <summary>
/// Parses RE2 syntax with Perl's extensions, as Go's regexp/syntax documents it, with its error texts. The dot matches newlines unless <c>(?-s)</c>
/// says otherwise, as Prometheus has it. Nesting lives on a stack of its own, so a pattern cannot exhaust the thread's.
/// </summary>
internal sealed class Re2Parser
{
    /// <summary>Longest pattern, in UTF-16 units; beyond it "expression too large".</summary>
    public const int MaxPatternLength = 1 << 20;

    private const int MaxRepeat = 1000;

    private readonly string _pattern;
    private readonly Stack<ParseGroup> _outer = new();
    private readonly List<string?> _captureNames = [];
    private ParseGroup _group = new(ParseFlags.None, 0, null);
    private ParseFlags _flags = ParseFlags.DotNewline | ParseFlags.OneLine;
    private int _position;

    private Re2Parser(string pattern) => _pattern = pattern;

    /// <summary>Parses.</summary>
    /// <param name="pattern">The pattern.</param>
    /// <param name="dotMatchesNewline">False to have the dot match no newline unless <c>(?s)</c> says otherwise, as Go has it by itself.</param>
    /// <returns>The tree and the names of the capture groups from 1 on, null for those without.</returns>
    /// <exception cref="Re2SyntaxException">The pattern is not valid.</exception>
    public static (RegexNode Tree, IReadOnlyList<string?> CaptureNames) Parse(string pattern, bool dotMatchesNewline = true)
    {
        if (pattern.Length > MaxPatternLength)
        {
            throw new Re2SyntaxException(Large, pattern[..32] + "…");
        }

        CheckSurrogates(pattern);
        var parser = new Re2Parser(pattern);
        parser._flags &= dotMatchesNewline ? ~ParseFlags.None : ~ParseFlags.DotNewline;
        return (parser.ParseAll(), parser._captureNames);
    }

    private static void CheckSurrogates(string pattern)
    {
        for (int i = 0; i < pattern.Length; i++)
        {
            if (char.IsSurrogate(pattern[i]) && !Rune.TryGetRuneAt(pattern, i++, out _))
            {
                throw new Re2SyntaxException(InvalidUtf8, pattern[(i - 1)..]);
            }
        }
    }

    private RegexNode ParseAll()
    {
        int lastRepeat = -1; // where the repetition operator began that ended right here, else -1
        while (_position < _pattern.Length)
        {
            int repeat = -1;
            switch (_pattern[_position])
            {
                case '(' when Next(1) == '?':
                    ParsePerlGroup();
                    break;
                case '(':
                    _position++;
                    OpenGroup(NewCapture(null), null);
                    break;
                case '|':
                    _position++;
                    _group.EndBranch(this);
                    break;
                case ')':
                    CloseGroup();
                    break;
                case '^':
                    _position++;
                    _group.Add(new AssertNode((_flags & ParseFlags.OneLine) != 0 ? Assertion.BeginText : Assertion.BeginLine));
                    break;
                case '$':
                    _position++;
                    _group.Add(new AssertNode((_flags & ParseFlags.OneLine) != 0 ? Assertion.EndText : Assertion.EndLine));
                    break;
                case '.':
                    _position++;
                    _group.Add(new ClassNode((_flags & ParseFlags.DotNewline) != 0 ? RuneClass.All : RuneClass.NotNewline));
                    break;
                case '[':
                    AddClass(Re2ClassParser.ParseBracket(_pattern, ref _position, _flags));
                    break;
                case '*' or '+' or '?':
                    repeat = _position;
                    ParseSimpleRepeat(lastRepeat);
                    break;
                case '{':
                    repeat = ParseCountedRepeat(lastRepeat);
                    break;
                case '\\':
                    ParseBackslash();
                    break;
                default:
                    AddLiteral(NextRune());
                    break;
            }

            lastRepeat = repeat;
        }

        return _outer.Count == 0 ? _group.ToNode(this) : throw new Re2SyntaxException(MissingParen, _pattern);
    }

    private char Next(int ahead) => _position + ahead < _pattern.Length ? _pattern[_position + ahead] : '\0';

    private int NextRune()
    {
        var rune = Rune.GetRuneAt(_pattern, _position);
        _position += rune.Utf16SequenceLength;
        return rune.Value;
    }

    private void AddLiteral(int rune)
    {
        if ((_flags & ParseFlags.FoldCase) != 0 && CaseFolding.Folds(rune))
        {
            var orbit = new List<(int, int)>();
            CaseFolding.AddFolded(orbit, rune, rune);
            _group.Add(new ClassNode(RuneClass.Of(orbit)));
        }
        else
        {
            _group.AddRune(rune);
        }
    }

    private void AddClass(RuneClass runes)
    {
        if (runes.RangeCount == 1 && runes[0].Lo == runes[0].Hi)
        {
            _group.AddRune(runes[0].Lo);
        }
        else
        {
            _group.Add(new ClassNode(runes));
        }
    }

    private int NewCapture(string? name)
    {
        _captureNames.Add(name);
        return _captureNames.Count;
    }

    private void OpenGroup(int captureIndex, string? name)
    {
        _outer.Push(_group);
        _group = new ParseGroup(_flags, captureIndex, name);
    }

    private void CloseGroup()
    {
        if (_outer.Count == 0)
        {
            throw new Re2SyntaxException(UnexpectedParen, _pattern);
        }

        _position++;
        ParseGroup closed = _group;
        RegexNode node = closed.ToNode(this);
        _group = _outer.Pop();
        _flags = closed.OuterFlags;
        _group.Add(closed.CaptureIndex == 0 ? node : Checked(new CaptureNode(node, closed.CaptureIndex, closed.Name)));
    }

    /// <summary>Parses what begins with <c>(?</c>: a named group, a group with flags, or flags for the rest of this group.</summary>
    private void ParsePerlGroup()
    {
        int start = _position;
        int nameStart = Next(2) == 'P' && Next(3) == '<' && _position + 4 < _pattern.Length ? start + 4
            : Next(2) == '<' && _position + 3 < _pattern.Length ? start + 3
            : -1;
        if (nameStart >= 0)
        {
            int end = _pattern.IndexOf('>', start);
            if (end < 0)
            {
                throw new Re2SyntaxException(InvalidNamedCapture, _pattern[start..]);
            }

            string name = end >= nameStart ? _pattern[nameStart..end] : "";
            if (name.Length == 0 || name.Any(static c => c != '_' && !char.IsAsciiLetterOrDigit(c)))
            {
                throw new Re2SyntaxException(InvalidNamedCapture, _pattern[start..(end + 1)]);
            }

            _position = end + 1;
            OpenGroup(NewCapture(name), name);
            return;
        }

        _position += 2;
        if (!TryParseFlags())
        {
            throw new Re2SyntaxException(InvalidPerlOp, _pattern[start.._position]);
        }
    }

    private bool TryParseFlags()
    {
        ParseFlags flags = _flags;
        bool negative = false;
        bool sawFlag = false;
        while (_position < _pattern.Length)
        {
            int c = NextRune();
            switch (c)
            {
                case 'i':
                    flags = Set(flags, ParseFlags.FoldCase, !negative);
                    break;
                case 'm':
                    flags = Set(flags, ParseFlags.OneLine, negative);
                    break;
                case 's':
                    flags = Set(flags, ParseFlags.DotNewline, !negative);
                    break;
                case 'U':
                    flags = Set(flags, ParseFlags.NonGreedy, !negative);
                    break;
                case '-' when !negative:
                    negative = true;
                    sawFlag = false;
                    continue;
                case ':' or ')' when !negative || sawFlag:
                    if (c == ':')
                    {
                        OpenGroup(0, null);
                    }

                    _flags = flags;
                    return true;
                default:
                    return false;
            }

            sawFlag = true;
        }

        return false;
    }

    private static ParseFlags Set(ParseFlags flags, ParseFlags flag, bool on) => on ? flags | flag : flags & ~flag;

    private void ParseSimpleRepeat(int lastRepeat)
    {
        int start = _position;
        (int min, int max) = _pattern[_position++] switch
        {
            '*' => (0, -1),
            '+' => (1, -1),
            _ => (0, 1),
        };
        Repeat(start, min, max, lastRepeat);
    }

    /// <summary>Parses <c>{n}</c>, <c>{n,}</c> or <c>{n,m}</c>; any other brace is a literal.</summary>
    /// <returns>Where the operator began, or -1 for the literal.</returns>
    private int ParseCountedRepeat(int lastRepeat)
    {
        int start = _position;
        if (!TryParseCounts(out int min, out int max, out int end))
        {
            _position = start + 1;
            _group.AddRune('{');
            return -1;
        }

        _position = end;
        if (min > MaxRepeat || max > MaxRepeat || (max >= 0 && min > max))
        {
            throw new Re2SyntaxException(InvalidRepeatSize, _pattern[start..end]);
        }

        Repeat(start, min, max, lastRepeat);
        return start;
    }

    private bool TryParseCounts(out int min, out int max, out int end)
    {
        end = _position + 1;
        max = -1;
        if (!TryParseInt(ref end, out min) || end >= _pattern.Length)
        {
            return false;
        }

        if (_pattern[end] != ',')
        {
            max = min;
        }
        else
        {
            end++;
            bool open = end < _pattern.Length && _pattern[end] == '}';
            if (!open && !TryParseInt(ref end, out max))
            {
                return false;
            }
        }

        return end < _pattern.Length && _pattern[end++] == '}';
    }

    private bool TryParseInt(ref int position, out int value)
    {
        value = 0;
        int start = position;
        while (position < _pattern.Length && char.IsAsciiDigit(_pattern[position]))
        {
            value = Math.Min((value * 10) + (_pattern[position++] - '0'), 1_000_000); // far beyond what is allowed
        }

        return position > start && (position == start + 1 || _pattern[start] != '0');
    }

    private void Repeat(int start, int min, int max, int lastRepeat)
    {
        bool greedy = (_flags & ParseFlags.NonGreedy) == 0;
        if (Next(0) == '?')
        {
            _position++;
            greedy = !greedy;
        }

        if (lastRepeat >= 0)
        {
            throw new Re2SyntaxException(InvalidRepeatOp, _pattern[lastRepeat.._position]);
        }

        RegexNode body = _group.TakeLast() ?? throw new Re2SyntaxException(MissingRepeatArgument, _pattern[start.._position]);
        RegexNode node = Checked(new RepeatNode(body, min, max, greedy));
        if (node.RepeatProduct > MaxRepeat)
        {
            throw new Re2SyntaxException(InvalidRepeatSize, _pattern[start.._position]);
        }

        _group.Add(node);
    }

    private void ParseBackslash()
    {
        switch (Next(1))
        {
            case 'A':
                AddAssertion(Assertion.BeginText);
                break;
            case 'z':
                AddAssertion(Assertion.EndText);
                break;
            case 'b':
                AddAssertion(Assertion.WordBoundary);
                break;
            case 'B':
                AddAssertion(Assertion.NoWordBoundary);
                break;
            case 'C':
                throw new Re2SyntaxException(InvalidEscape, "\\C");
            case 'Q':
                ParseQuoted();
                break;
            default:
                if (Re2ClassParser.TryParseEscapedClass(_pattern, ref _position, _flags, out RuneClass? runes))
                {
                    AddClass(runes);
                }
                else
                {
                    AddLiteral(Re2ClassParser.ParseEscape(_pattern, ref _position));
                }

                break;
        }
    }

    private void AddAssertion(Assertion assertion)
    {
        _position += 2;
        _group.Add(new AssertNode(assertion));
    }

    private void ParseQuoted()
    {
        int end = _pattern.IndexOf("\\E", _position + 2, StringComparison.Ordinal);
        int stop = end < 0 ? _pattern.Length : end;
        _position += 2;
        while (_position < stop)
        {
            AddLiteral(NextRune());
        }

        _position = end < 0 ? stop : end + 2;
    }

    /// <summary>The node, unless the tree has become too deep with it.</summary>
    internal T Checked<T>(T node)
        where T : RegexNode =>
        node.Height <= RegexNode.MaxHeight ? node : throw new Re2SyntaxException(NestingDepth, _pattern);
}
