using System.Text;

namespace RemoteStore.PromQL.Parser.Lexing;

/// <summary>
/// Cuts a query into tokens. What a character means depends on the state: identifiers and durations have different rules in braces and brackets.
/// </summary>
internal class Lexer(ReadOnlyMemory<byte> source)
{
    private State _state = State.Statements;
    private Item? _item;
    private int _openParens;
    private bool _braceOpen;
    private bool _gotColon;
    private bool _gotDuration;

    /// <summary>What is read next.</summary>
    protected enum State
    {
        Stopped,
        Statements,
        InsideBraces,
        Duration,
        NumberOrDuration,
        Word,
        Label,
        Comment,
        Space,
        Values,
        Histogram,
        Buckets,
    }

    /// <summary>Where an error stands: the beginning of the token that was being read.</summary>
    public int ErrorStart => Scanner.TokenStart;

    /// <summary>The place in the query.</summary>
    protected Scanner Scanner { get; } = new(source);

    /// <summary>True between brackets.</summary>
    protected bool IsBracketOpen { get; set; }

    /// <summary>What follows the right brace of a selector.</summary>
    protected virtual State AfterBraces => State.Statements;

    /// <summary>True when <c>x</c> is an operator, not part of a number.</summary>
    protected virtual bool IsInSeries => false;

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
            _state = Step(_state);
        }

        return _item;
    }

    /// <summary>Reads on from a state, to a token perhaps.</summary>
    /// <returns>The state after that.</returns>
    protected virtual State Step(State state) => state switch
    {
        State.Statements => Statements(),
        State.InsideBraces => InsideBraces(),
        State.Duration => Duration(),
        State.NumberOrDuration => NumberOrDuration(),
        State.Word => Word(),
        State.Label => Label(),
        State.Comment => Comment(),
        _ => Space(),
    };

    /// <summary>What follows a word.</summary>
    protected virtual State AfterWord() => State.Statements;

    /// <summary>Outside of braces.</summary>
    private State Statements()
    {
        if (_braceOpen)
        {
            return State.InsideBraces;
        }

        int c = Scanner.Next();
        switch (c)
        {
            case Lexing.Scanner.EndOfInput:
                return _openParens != 0 ? Fail("unclosed left parenthesis")
                    : IsBracketOpen ? Fail("unclosed left bracket")
                    : Emit(ItemKind.Eof, State.Stopped);
            case '#':
                return State.Comment;
            case ' ' or '\t' or '\n' or '\r':
                return State.Space;
            case ',':
                return Emit(ItemKind.Comma, State.Statements);
            case '=' when Scanner.Peek() == '~':
                return Fail("unexpected character after '=': '~'");
            case '=':
                return Emit(Scanner.Accept("=") ? ItemKind.Equal : ItemKind.Assign, State.Statements);
            case '!':
                int second = Scanner.Next();
                return second == '=' ? Emit(ItemKind.NotEqual, State.Statements) : Fail($"unexpected character after '!': {Quote(second)}");
            case '<':
                return Emit(Scanner.Accept("=") ? ItemKind.LessOrEqual : Scanner.Accept("/") ? ItemKind.TrimUpper : ItemKind.Less, State.Statements);
            case '>':
                return Emit(Scanner.Accept("=") ? ItemKind.GreaterOrEqual : Scanner.Accept("/") ? ItemKind.TrimLower : ItemKind.Greater, State.Statements);
            case '"' or '\'':
                return String(StringScanner.ScanQuoted(Scanner, c));
            case '`':
                return String(StringScanner.ScanRaw(Scanner));
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

        if (Characters.IsDigit(c) || (c == '.' && Characters.IsDigit(Scanner.Peek())))
        {
            Scanner.Backup();
            return State.NumberOrDuration;
        }

        if (!Characters.IsWordStart(c) && c != ':')
        {
            return Fail($"unexpected character: {Quote(c)}");
        }

        if (!IsBracketOpen)
        {
            Scanner.Backup();
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
        if (IsBracketOpen)
        {
            return Fail("unexpected left bracket '['");
        }

        _gotColon = false;
        _gotDuration = false;
        IsBracketOpen = true;
        _ = Emit(ItemKind.LeftBracket);
        SkipSpaces();
        return State.Duration;
    }

    private State RightBracket()
    {
        if (!IsBracketOpen)
        {
            return Fail("unexpected right bracket ']'");
        }

        IsBracketOpen = false;
        return Emit(ItemKind.RightBracket, State.Statements);
    }

    private State InsideBraces()
    {
        int c = Scanner.Next();
        switch (c)
        {
            case Lexing.Scanner.EndOfInput:
                return Fail("unexpected end of input inside braces");
            case '#':
                return State.Comment;
            case ' ' or '\t' or '\n' or '\r':
                return State.Space;
            case ',':
                return Emit(ItemKind.Comma, State.InsideBraces);
            case '"' or '\'':
                return String(StringScanner.ScanQuoted(Scanner, c));
            case '`':
                return String(StringScanner.ScanRaw(Scanner));
            case '=':
                return Emit(Scanner.Accept("~") ? ItemKind.EqualRegex : ItemKind.Assign, State.InsideBraces);
            case '!':
                int second = Scanner.Next();
                return second == '~' ? Emit(ItemKind.NotRegex, State.InsideBraces)
                    : second == '=' ? Emit(ItemKind.NotEqual, State.InsideBraces)
                    : Fail($"unexpected character after '!' inside braces: {Quote(second)}");
            case '{':
                return Fail("unexpected left brace '{'");
            case '}':
                _braceOpen = false;
                return Emit(ItemKind.RightBrace, AfterBraces);
            default:
                if (!Characters.IsWordStart(c))
                {
                    return Fail($"unexpected character inside braces: {Quote(c)}");
                }

                Scanner.Backup();
                return State.Label;
        }
    }

    private State Duration()
    {
        int c = Scanner.Next();
        switch (c)
        {
            case Lexing.Scanner.EndOfInput:
                return Fail("unexpected end of input in duration expression");
            case ']':
                IsBracketOpen = false;
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

        if (Characters.IsDigit(c) || (c == '.' && Characters.IsDigit(Scanner.Peek())))
        {
            Scanner.Backup();
            _gotDuration = true;
            return State.NumberOrDuration;
        }

        return IsDurationWordStart(c) && DurationWord() ? State.Duration : Fail($"unexpected character in duration expression: {Quote(c)}");
    }

    private static bool IsDurationWordStart(int c) => c is 's' or 'S' or 'm' or 'M' or 'r' or 'R';

    private bool DurationWord()
    {
        SkipWhile(Characters.IsWordStart);
        if (Keywords.Of(Scanner.Word) is { } kind and (ItemKind.Step or ItemKind.Range or ItemKind.MinOf or ItemKind.MaxOf))
        {
            _ = Emit(kind);
            return true;
        }

        return false;
    }

    private State NumberOrDuration()
    {
        if (NumberScanner.ScanNumber(Scanner, IsInSeries))
        {
            return Emit(ItemKind.Number, State.Statements);
        }

        return NumberScanner.ScanDurationRest(Scanner)
            ? Emit(ItemKind.Duration, State.Statements)
            : Fail($"bad number or duration syntax: {GoText.Quote(Scanner.Word)}");
    }

    private State Word()
    {
        SkipWhile(static c => Characters.IsWordPart(c) || c == ':');
        string word = Scanner.Word;
        ItemKind kind = Keywords.Of(word) ?? (word.Contains(':', StringComparison.Ordinal) ? ItemKind.MetricIdentifier : ItemKind.Identifier);
        if (kind is ItemKind.Fill or ItemKind.FillLeft or ItemKind.FillRight && !ParenFollows())
        {
            kind = ItemKind.Identifier; // metrics may have these names
        }

        return Emit(kind, AfterWord());
    }

    private bool ParenFollows()
    {
        ReadOnlySpan<byte> rest = source.Span[Scanner.Position..];
        int first = rest.IndexOfAnyExcept(" \t\n\r"u8);
        return first >= 0 && rest[first] == '(';
    }

    private State Label()
    {
        SkipWhile(Characters.IsWordPart);
        return Emit(ItemKind.Identifier, State.InsideBraces);
    }

    private State String(string? fault) => fault is null ? Emit(ItemKind.String, State.Statements) : Fail(fault);

    private State Comment()
    {
        SkipWhile(static c => c is not (Lexing.Scanner.EndOfInput or '\r' or '\n'));
        Scanner.StartToken();
        return State.Statements;
    }

    private State Space()
    {
        SkipSpaces();
        return State.Statements;
    }

    /// <summary>Passes over white space.</summary>
    protected void SkipSpaces()
    {
        SkipWhile(Characters.IsSpace);
        Scanner.StartToken();
    }

    /// <summary>Reads characters of a class.</summary>
    protected void SkipWhile(Func<int, bool> isOne)
    {
        while (isOne(Scanner.Peek()))
        {
            _ = Scanner.Next();
        }
    }

    /// <summary>Makes what was read a token.</summary>
    protected State Emit(ItemKind kind, State next = State.Stopped)
    {
        _item = new Item(kind, Scanner.TokenStart, Scanner.Position - Scanner.TokenStart, Scanner.Word);
        Scanner.StartToken();
        return next;
    }

    /// <summary>Ends the tokens with a fault, which takes the place of a token cut in the same step.</summary>
    protected State Fail(string message)
    {
        _item = new Item(ItemKind.Error, Scanner.TokenStart, 0, message);
        return State.Stopped;
    }

    /// <summary>A character in a message.</summary>
    protected static string Quote(int c) => GoText.Quote(c == Lexing.Scanner.EndOfInput ? Rune.ReplacementChar : new Rune(c));
}
