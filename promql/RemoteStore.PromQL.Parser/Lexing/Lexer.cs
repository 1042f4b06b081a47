using System.Text;

namespace RemoteStore.PromQL.Parser.Lexing;

/// <summary>
/// Cuts a query, or a series description of a test script, into tokens. What a character means depends on the state: identifiers, durations, values and keys of
/// histograms have different rules in braces, brackets and sequences.
/// </summary>
internal sealed class Lexer(ReadOnlyMemory<byte> source, bool seriesDescription)
{
    private readonly Scanner _scanner = new(source);
    private State _state = State.Statements;
    private HistogramState _histogram;
    private Item? _item;
    private int _openParens;
    private bool _braceOpen;
    private bool _bracketOpen;
    private bool _gotColon;
    private bool _gotDuration;
    private int _quote;

    private enum State
    {
        Stopped,
        Statements,
        InsideBraces,
        Duration,
        NumberOrDuration,
        Word,
        Label,
        QuotedString,
        RawString,
        Comment,
        Space,
        Values,
        Histogram,
        Buckets,
    }

    private enum HistogramState
    {
        None,
        Open,
        Times,
        Add,
        Subtract,
    }

    /// <summary>Where an error stands: the beginning of the token that was being read.</summary>
    public int ErrorStart => _scanner.TokenStart;

    /// <summary>Reads the next token. After an error or the end only ends follow.</summary>
    public Item Next()
    {
        _item = null;
        if (_state == State.Stopped)
        {
            Emit(ItemKind.Eof);
        }

        while (_item is null)
        {
            _state = _state switch
            {
                State.Statements => Statements(),
                State.InsideBraces => InsideBraces(),
                State.Duration => Duration(),
                State.NumberOrDuration => NumberOrDuration(),
                State.Word => Word(),
                State.Label => Label(),
                State.QuotedString => QuotedString(),
                State.RawString => RawString(),
                State.Comment => Comment(),
                State.Space => Space(),
                State.Values => Values(),
                State.Histogram => Histogram(),
                _ => Buckets(),
            };
        }

        return _item;
    }

    private State Statements()
    {
        if (_histogram != HistogramState.None)
        {
            return State.Histogram;
        }

        if (_braceOpen)
        {
            return State.InsideBraces;
        }

        int c = _scanner.Next();
        switch (c)
        {
            case Scanner.EndOfInput:
                return _openParens != 0 ? Fail("unclosed left parenthesis")
                    : _bracketOpen ? Fail("unclosed left bracket")
                    : Emit(ItemKind.Eof, State.Stopped);
            case '#':
                return State.Comment;
            case ' ' or '\t' or '\n' or '\r':
                return State.Space;
            case ',':
                return Emit(ItemKind.Comma, State.Statements);
            case '=' when _scanner.Peek() == '~':
                return Fail("unexpected character after '=': '~'");
            case '=':
                return Emit(_scanner.Accept("=") ? ItemKind.Equal : ItemKind.Assign, State.Statements);
            case '!':
                int second = _scanner.Next();
                return second == '=' ? Emit(ItemKind.NotEqual, State.Statements) : Fail($"unexpected character after '!': {Quote(second)}");
            case '<':
                return Emit(_scanner.Accept("=") ? ItemKind.LessOrEqual : _scanner.Accept("/") ? ItemKind.TrimUpper : ItemKind.Less, State.Statements);
            case '>':
                return Emit(_scanner.Accept("=") ? ItemKind.GreaterOrEqual : _scanner.Accept("/") ? ItemKind.TrimLower : ItemKind.Greater, State.Statements);
            case '"' or '\'':
                _quote = c;
                return State.QuotedString;
            case '`':
                return State.RawString;
            case '(':
                _openParens++;
                return Emit(ItemKind.LeftParen, State.Statements);
            case ')':
                return RightParen(State.Statements);
            case '{':
                _braceOpen = true;
                return Emit(ItemKind.LeftBrace, State.InsideBraces);
            case '[':
                return LeftBracket();
            case ']':
                return RightBracket();
            case '@':
                return Emit(ItemKind.At, State.Statements);
            default:
                return StatementsRest(c);
        }
    }

    private State StatementsRest(int c)
    {
        if (Arithmetic(c) is { } kind)
        {
            return Emit(kind, State.Statements);
        }

        if (Characters.IsDigit(c) || (c == '.' && Characters.IsDigit(_scanner.Peek())))
        {
            _scanner.Backup();
            return State.NumberOrDuration;
        }

        if (!Characters.IsWordStart(c) && c != ':')
        {
            return Fail($"unexpected character: {Quote(c)}");
        }

        if (!_bracketOpen)
        {
            _scanner.Backup();
            return State.Word;
        }

        if (c == ':')
        {
            if (_gotColon)
            {
                return Fail($"unexpected colon {Quote(c)}");
            }

            _gotColon = true;
            return Emit(ItemKind.Colon, State.Statements);
        }

        return IsDurationWordStart(c) && DurationWord() ? State.Statements : Fail($"unexpected character: {Quote(c)}, expected ':'");
    }

    private static ItemKind? Arithmetic(int c) => c switch
    {
        '+' => ItemKind.Add,
        '-' => ItemKind.Subtract,
        '*' => ItemKind.Multiply,
        '/' => ItemKind.Divide,
        '%' => ItemKind.Modulo,
        '^' => ItemKind.Power,
        _ => null,
    };

    private State RightParen(State next)
    {
        State state = Emit(ItemKind.RightParen, next);
        return --_openParens < 0 ? Fail("unexpected right parenthesis ')'") : state;
    }

    private State LeftBracket()
    {
        if (_bracketOpen)
        {
            return Fail("unexpected left bracket '['");
        }

        _gotColon = false;
        _gotDuration = false;
        _bracketOpen = true;
        _ = Emit(ItemKind.LeftBracket);
        SkipSpaces();
        return State.Duration;
    }

    private State RightBracket()
    {
        if (!_bracketOpen)
        {
            return Fail("unexpected right bracket ']'");
        }

        _bracketOpen = false;
        return Emit(ItemKind.RightBracket, State.Statements);
    }

    private State InsideBraces()
    {
        int c = _scanner.Next();
        switch (c)
        {
            case Scanner.EndOfInput:
                return Fail("unexpected end of input inside braces");
            case '#':
                return State.Comment;
            case ' ' or '\t' or '\n' or '\r':
                return State.Space;
            case ',':
                return Emit(ItemKind.Comma, State.InsideBraces);
            case '"' or '\'':
                _quote = c;
                return State.QuotedString;
            case '`':
                return State.RawString;
            case '=':
                return Emit(_scanner.Accept("~") ? ItemKind.EqualRegex : ItemKind.Assign, State.InsideBraces);
            case '!':
                int second = _scanner.Next();
                return second == '~' ? Emit(ItemKind.NotRegex, State.InsideBraces)
                    : second == '=' ? Emit(ItemKind.NotEqual, State.InsideBraces)
                    : Fail($"unexpected character after '!' inside braces: {Quote(second)}");
            case '{':
                return Fail("unexpected left brace '{'");
            case '}':
                _braceOpen = false;
                return Emit(ItemKind.RightBrace, seriesDescription ? State.Values : State.Statements);
            default:
                if (!Characters.IsWordStart(c))
                {
                    return Fail($"unexpected character inside braces: {Quote(c)}");
                }

                _scanner.Backup();
                return State.Label;
        }
    }

    private State Duration()
    {
        int c = _scanner.Next();
        switch (c)
        {
            case Scanner.EndOfInput:
                return Fail("unexpected end of input in duration expression");
            case ']':
                _bracketOpen = false;
                _gotColon = false;
                return Emit(ItemKind.RightBracket, State.Statements);
            case ':':
                State state = Emit(ItemKind.Colon, State.Duration);
                if (!_gotDuration)
                {
                    return Fail("unexpected colon before duration in duration expression");
                }

                if (_gotColon)
                {
                    return Fail("unexpected repeated colon in duration expression");
                }

                _gotColon = true;
                return state;
            case '(':
                _openParens++;
                return Emit(ItemKind.LeftParen, State.Duration);
            case ')':
                return RightParen(State.Duration);
            case ',':
                return Emit(ItemKind.Comma, State.Duration);
            case ' ' or '\t' or '\n' or '\r':
                SkipSpaces();
                return State.Duration;
            default:
                return DurationRest(c);
        }
    }

    private State DurationRest(int c)
    {
        if (Arithmetic(c) is { } kind)
        {
            return Emit(kind, State.Duration);
        }

        if (Characters.IsDigit(c) || (c == '.' && Characters.IsDigit(_scanner.Peek())))
        {
            _scanner.Backup();
            _gotDuration = true;
            return State.NumberOrDuration;
        }

        return IsDurationWordStart(c) && DurationWord() ? State.Duration : Fail($"unexpected character in duration expression: {Quote(c)}");
    }

    private static bool IsDurationWordStart(int c) => c is 's' or 'S' or 'm' or 'M' or 'r' or 'R';

    private bool DurationWord()
    {
        SkipWhile(Characters.IsWordStart);
        if (Keywords.Of(_scanner.Word) is { } kind and (ItemKind.Step or ItemKind.Range or ItemKind.MinOf or ItemKind.MaxOf))
        {
            _ = Emit(kind);
            return true;
        }

        return false;
    }

    private State NumberOrDuration()
    {
        if (NumberScanner.ScanNumber(_scanner, seriesDescription))
        {
            return Emit(ItemKind.Number, State.Statements);
        }

        return NumberScanner.ScanDurationRest(_scanner)
            ? Emit(ItemKind.Duration, State.Statements)
            : Fail($"bad number or duration syntax: {GoText.Quote(_scanner.Word)}");
    }

    /// <summary>A number where there are no durations: in values and histograms of series descriptions.</summary>
    private State Number() => NumberScanner.ScanNumber(_scanner, seriesDescription)
        ? Emit(ItemKind.Number, State.Statements)
        : Fail($"bad number or duration syntax: {GoText.Quote(_scanner.Word)}");

    private State Word()
    {
        SkipWhile(static c => Characters.IsWordPart(c) || c == ':');
        string word = _scanner.Word;
        ItemKind kind = Keywords.Of(word) ?? (word.Contains(':', StringComparison.Ordinal) ? ItemKind.MetricIdentifier : ItemKind.Identifier);
        if (kind is ItemKind.Fill or ItemKind.FillLeft or ItemKind.FillRight && !ParenFollows())
        {
            kind = ItemKind.Identifier; // metrics may have these names
        }

        return Emit(kind, seriesDescription && _scanner.Peek() != '{' ? State.Values : State.Statements);
    }

    private bool ParenFollows()
    {
        ReadOnlySpan<byte> rest = source.Span[_scanner.Position..];
        int first = rest.IndexOfAnyExcept(" \t\n\r"u8);
        return first >= 0 && rest[first] == '(';
    }

    private State Label()
    {
        SkipWhile(Characters.IsWordPart);
        return Emit(ItemKind.Identifier, State.InsideBraces);
    }

    private State QuotedString()
    {
        while (true)
        {
            int c = _scanner.Next();
            if (c == '\\')
            {
                if (Escape() is { } fault)
                {
                    return Fail(fault);
                }
            }
            else if (c == Scanner.Replacement)
            {
                return Fail("invalid UTF-8 rune");
            }
            else if (c is Scanner.EndOfInput or '\n')
            {
                return Fail("unterminated quoted string");
            }
            else if (c == _quote)
            {
                return Emit(ItemKind.String, State.Statements);
            }
        }
    }

    private State RawString()
    {
        while (true)
        {
            switch (_scanner.Next())
            {
                case Scanner.Replacement:
                    return Fail("invalid UTF-8 rune");
                case Scanner.EndOfInput:
                    return Fail("unterminated raw string");
                case '`':
                    return Emit(ItemKind.String, State.Statements);
                default:
                    break;
            }
        }
    }

    /// <summary>Checks an escape; its backslash is read.</summary>
    /// <returns>What is wrong with it, or null.</returns>
    private string? Escape()
    {
        int c = _scanner.Next();
        if (c is 'a' or 'b' or 'f' or 'n' or 'r' or 't' or 'v' or '\\' || c == _quote)
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
            _scanner.Backup();
        }

        uint value = 0;
        for (; digits > 0; digits--)
        {
            int digit = _scanner.Peek();
            if (Characters.DigitValue(digit) >= radix)
            {
                return digit == Scanner.EndOfInput ? "escape sequence not terminated" : $"illegal character {UnicodePoint(digit)} in escape sequence";
            }

            value = (value * (uint)radix) + (uint)Characters.DigitValue(digit);
            _ = _scanner.Next();
        }

        return value > max || value is >= 0xd800 and < 0xe000 ? "escape sequence is an invalid Unicode code point" : null;
    }

    private State Comment()
    {
        SkipWhile(static c => c is not (Scanner.EndOfInput or '\r' or '\n'));
        _scanner.StartToken();
        return State.Statements;
    }

    private State Space()
    {
        SkipSpaces();
        return State.Statements;
    }

    /// <summary>Values of a series description.</summary>
    private State Values()
    {
        int c = _scanner.Next();
        switch (c)
        {
            case '{' when _scanner.Accept("{"):
                _histogram = HistogramState.Open;
                return Emit(ItemKind.OpenHistogram, State.Histogram);
            case Scanner.EndOfInput:
                return State.Statements;
            case '+':
                return Emit(ItemKind.Add, State.Values);
            case '-':
                return Emit(ItemKind.Subtract, State.Values);
            case 'x':
                return Emit(ItemKind.Times, State.Values);
            case '_':
                return Emit(ItemKind.Blank, State.Values);
            case ' ' or '\t' or '\n' or '\r':
                _ = Emit(ItemKind.Space);
                SkipSpaces();
                return State.Values;
            default:
                if (Characters.IsDigit(c) || (c == '.' && Characters.IsDigit(_scanner.Peek())))
                {
                    _scanner.Backup();
                    _ = Number();
                    return State.Values;
                }

                if (!Characters.IsWordStart(c))
                {
                    return Fail($"unexpected character in series sequence: {Quote(c)}");
                }

                _scanner.Backup();
                return State.Word;
        }
    }

    private State Histogram()
    {
        if (_histogram != HistogramState.Open)
        {
            ItemKind kind = _histogram switch
            {
                HistogramState.Times => ItemKind.Times,
                HistogramState.Add => ItemKind.Add,
                _ => ItemKind.Subtract,
            };
            _histogram = HistogramState.None;
            _ = _scanner.Next();
            return Emit(kind, State.Values);
        }

        if (_bracketOpen)
        {
            return State.Buckets;
        }

        int c = _scanner.Next();
        switch (c)
        {
            case ' ' or '\t' or '\n' or '\r':
                _ = Emit(ItemKind.Space);
                return State.Space;
            case ':':
                return Emit(ItemKind.Colon, State.Histogram);
            case '-':
                return Emit(ItemKind.Subtract, State.Histogram);
            case '+':
                return Emit(ItemKind.Add, State.Histogram);
            case '[':
                _bracketOpen = true;
                return Emit(ItemKind.LeftBracket, State.Buckets);
            case '}' when _scanner.Accept("}"):
                _histogram = _scanner.Peek() switch
                {
                    'x' => HistogramState.Times,
                    '+' => HistogramState.Add,
                    '-' => HistogramState.Subtract,
                    _ => HistogramState.None,
                };
                return Emit(ItemKind.CloseHistogram, _histogram == HistogramState.None ? State.Values : State.Histogram);
            default:
                _scanner.Backup();
                if (Characters.IsDigit(c) || c == '.')
                {
                    return Number();
                }

                return Characters.IsWordStart(c) ? HistogramWord() : HistogramFault();
        }
    }

    private State HistogramFault()
    {
        _ = _scanner.Next();
        return Fail($"histogram description incomplete unexpected: {GoText.Quote(_scanner.Word)}");
    }

    private State HistogramWord()
    {
        SkipWhile(Characters.IsWordStart);
        string word = _scanner.Word;
        if (Keywords.HistogramKey(word) is { } key)
        {
            return _scanner.Peek() == ':' ? Emit(key, State.Histogram) : Fail("missing `:` for histogram descriptor");
        }

        return Keywords.Of(word) == ItemKind.Number ? Emit(ItemKind.Number, State.Histogram)
            : Keywords.ResetHint(word) is { } hint ? Emit(hint, State.Histogram)
            : Fail($"bad histogram descriptor found: {GoText.Quote(word)}");
    }

    private State Buckets()
    {
        int c = _scanner.Next();
        switch (c)
        {
            case ' ' or '\t' or '\n' or '\r':
                _ = Emit(ItemKind.Space);
                return State.Space;
            case '-':
                return Emit(ItemKind.Subtract, State.Buckets);
            case '+':
                return Emit(ItemKind.Add, State.Buckets);
            case ']':
                _bracketOpen = false;
                return Emit(ItemKind.RightBracket, State.Histogram);
            default:
                if (!Characters.IsDigit(c) && c != '.' && !Characters.IsWordStart(c))
                {
                    return Fail($"invalid character in buckets description: {Quote(c)}");
                }

                _scanner.Backup();
                return Characters.IsWordStart(c) ? HistogramWord() : Number();
        }
    }

    private void SkipSpaces()
    {
        SkipWhile(Characters.IsSpace);
        _scanner.StartToken();
    }

    private void SkipWhile(Func<int, bool> isOne)
    {
        while (isOne(_scanner.Peek()))
        {
            _ = _scanner.Next();
        }
    }

    private State Emit(ItemKind kind, State next = State.Stopped)
    {
        _item = new Item(kind, _scanner.TokenStart, _scanner.Position - _scanner.TokenStart, _scanner.Word);
        _scanner.StartToken();
        return next;
    }

    /// <summary>Ends the tokens with a fault, which takes the place of a token cut in the same step.</summary>
    private State Fail(string message)
    {
        _item = new Item(ItemKind.Error, _scanner.TokenStart, 0, message);
        return State.Stopped;
    }

    private static string Quote(int c) => GoText.Quote(c == Scanner.EndOfInput ? Rune.ReplacementChar : new Rune(c));

    private static string UnicodePoint(int c) => $"U+{c:X4} {GoText.Quote(new Rune(c))}";
}
