using System.Text;
using RemoteStore.PromQL.Parser.Lexing;

namespace RemoteStore.Ruler.Templates.Parsing;

/// <summary>Cuts a template to tokens, as Go's text/template does; after a mistake there is none but it.</summary>
internal sealed class TemplateLexer
{
    private const string Left = "{{";
    private const string Right = "}}";
    private const int TrimMarkerLength = 2; // the dash and the space beside it

    private readonly string _text;
    private readonly bool _knowsBreak;
    private readonly bool _knowsContinue;
    private int _start;
    private int _at;
    private int _line = 1;
    private int _startLine = 1;
    private int _parens;
    private bool _inAction;
    private bool _failed;

    /// <summary>Begins.</summary>
    /// <param name="text">The template.</param>
    /// <param name="isFunction">Tells functions, which may be called as words of the language are.</param>
    public TemplateLexer(string text, Func<string, bool> isFunction)
    {
        _text = text;
        _knowsBreak = !isFunction("break");
        _knowsContinue = !isFunction("continue");
    }

    /// <summary>The next token; the end, or the mistake, again and again when there is none.</summary>
    public Token Next()
    {
        while (true)
        {
            if (_failed)
            {
                return new Token(TokenKind.Eof, _at, "EOF", _startLine);
            }

            if ((_inAction ? InAction() : InText()) is { } token)
            {
                return token;
            }
        }
    }

    private static bool IsSpace(char c) => c is ' ' or '\t' or '\r' or '\n';

    private static bool IsAlphaNumeric(Rune rune) => rune.Value == '_' || Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) == System.Globalization.UnicodeCategory.DecimalDigitNumber;

    private Token? InText()
    {
        int delimiter = _text.IndexOf(Left, _at, StringComparison.Ordinal);
        if (delimiter < 0)
        {
            if (_at == _text.Length)
            {
                return new Token(TokenKind.Eof, _at, "EOF", _startLine);
            }

            _at = _text.Length;
            return Emit(TokenKind.Text);
        }

        int end = delimiter;
        if (HasLeftTrim(delimiter + Left.Length))
        {
            while (end > _at && IsSpace(_text[end - 1]))
            {
                end--;
            }
        }

        if (end > _at)
        {
            _at = end;
            Token text = Emit(TokenKind.Text);
            Skip(delimiter);
            return text;
        }

        Skip(delimiter);
        return LeftDelimiter();
    }

    private Token? LeftDelimiter()
    {
        _at += Left.Length;
        bool trims = HasLeftTrim(_at);
        int after = _at + (trims ? TrimMarkerLength : 0);
        if (string.CompareOrdinal(_text, after, "/*", 0, 2) == 0)
        {
            Skip(after);
            return Comment();
        }

        Token token = Emit(TokenKind.LeftDelimiter);
        Skip(after);
        _inAction = true;
        _parens = 0;
        return token;
    }

    private Token? Comment()
    {
        int end = _text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
        if (end < 0)
        {
            return Fail("unclosed comment");
        }

        _at = end + 2;
        if (!AtRightDelimiter(out bool trims))
        {
            return Fail("comment ends before closing delimiter");
        }

        _at += Right.Length + (trims ? TrimMarkerLength : 0);
        if (trims)
        {
            SkipSpace();
        }

        Skip(_at);
        return null;
    }

    private Token? InAction()
    {
        if (AtRightDelimiter(out bool trims))
        {
            return _parens > 0 ? Fail("unclosed left paren") : RightDelimiter(trims);
        }

        if (_at == _text.Length)
        {
            return Fail("unclosed action");
        }

        char c = _text[_at];
        switch (c)
        {
            case ' ' or '\t' or '\r' or '\n':
                return Space();
            case '=':
                return Take(TokenKind.Assign, 1);
            case ':':
                _at++;
                return _at < _text.Length && _text[_at] == '=' ? Take(TokenKind.Declare, 1) : Fail("expected :=");
            case '|':
                return Take(TokenKind.Pipe, 1);
            case '"':
                return Quoted(c, TokenKind.String, "unterminated quoted string");
            case '`':
                return Raw();
            case '\'':
                return Quoted(c, TokenKind.CharacterConstant, "unterminated character constant");
            case '$':
                _at++;
                return Name(TokenKind.Variable);
            case '.' when _at + 1 >= _text.Length || _text[_at + 1] is < '0' or > '9':
                _at++;
                return Name(TokenKind.Field);
            case '(':
                _parens++;
                return Take(TokenKind.LeftParen, 1);
            case ')':
                _parens--;
                return _parens < 0 ? Fail("unexpected right paren") : Take(TokenKind.RightParen, 1);
            case '+' or '-' or '.' or (>= '0' and <= '9'):
                return Number();
            default:
                return Word();
        }
    }

    private Token? Word()
    {
        Rune rune = RuneAt(_at, out int width);
        if (IsAlphaNumeric(rune))
        {
            return Identifier();
        }

        if (rune.Value is >= ' ' and < 0x7f)
        {
            return Take(TokenKind.Character, 1);
        }

        _at += width;
        return Fail($"unrecognized character in action: {GoText.CodePoint(rune)}");
    }

    private Token Identifier()
    {
        SkipAlphaNumeric();
        if (!AtTerminator())
        {
            return BadCharacter();
        }

        string word = _text[_start.._at];
        return Emit(word switch
        {
            "block" => TokenKind.Block,
            "break" when _knowsBreak => TokenKind.Break,
            "continue" when _knowsContinue => TokenKind.Continue,
            "define" => TokenKind.Define,
            "else" => TokenKind.Else,
            "end" => TokenKind.End,
            "if" => TokenKind.If,
            "nil" => TokenKind.Nil,
            "range" => TokenKind.Range,
            "template" => TokenKind.Template,
            "with" => TokenKind.With,
            "true" or "false" => TokenKind.Bool,
            _ => TokenKind.Identifier,
        });
    }

    /// <summary>A field or variable after its first character, which has been passed.</summary>
    private Token Name(TokenKind kind)
    {
        if (AtTerminator())
        {
            return Emit(kind == TokenKind.Variable ? kind : TokenKind.Dot);
        }

        SkipAlphaNumeric();
        return AtTerminator() ? Emit(kind) : BadCharacter();
    }

    private Token? Space()
    {
        int first = _at;
        SkipSpace();
        // A space may belong to the marker that trims behind the action.
        if (_at < _text.Length && _text[_at] == '-' && string.CompareOrdinal(_text, _at + 1, Right, 0, Right.Length) == 0)
        {
            _at--;
            if (_at == first)
            {
                return RightDelimiter(trims: true);
            }
        }

        return Emit(TokenKind.Space);
    }

    private Token RightDelimiter(bool trims)
    {
        if (trims)
        {
            _at += TrimMarkerLength;
            Skip(_at);
        }

        _at += Right.Length;
        Token token = Emit(TokenKind.RightDelimiter);
        if (trims)
        {
            SkipSpace();
            Skip(_at);
        }

        _inAction = false;
        return token;
    }

    private Token Quoted(char quote, TokenKind kind, string unterminated)
    {
        for (_at++; _at < _text.Length && _text[_at] != '\n'; _at++)
        {
            if (_text[_at] == quote)
            {
                return Take(kind, 1);
            }

            if (_text[_at] == '\\')
            {
                _at++;
                if (_at >= _text.Length || _text[_at] == '\n')
                {
                    break;
                }
            }
        }

        return Fail(unterminated);
    }

    private Token Raw()
    {
        int end = _text.IndexOf('`', _at + 1);
        if (end < 0)
        {
            _at = _text.Length;
            return Fail("unterminated raw quoted string");
        }

        _at = end;
        return Take(TokenKind.RawString, 1);
    }

    private Token Number()
    {
        if (_text[_at] is '+' or '-')
        {
            _at++;
        }

        string digits = "0123456789_";
        string exponent = "eE";
        if (_at + 1 < _text.Length && _text[_at] == '0')
        {
            _at++;
            switch (_text[_at])
            {
                case 'x' or 'X':
                    digits = "0123456789abcdefABCDEF_";
                    exponent = "pP";
                    _at++;
                    break;
                case 'o' or 'O':
                    digits = "01234567_";
                    _at++;
                    break;
                case 'b' or 'B':
                    digits = "01_";
                    _at++;
                    break;
                default:
                    break;
            }
        }

        SkipAny(digits);
        if (_at < _text.Length && _text[_at] == '.')
        {
            _at++;
            SkipAny(digits);
        }

        if (_at < _text.Length && exponent.Contains(_text[_at], StringComparison.Ordinal) && digits.Length != 9 && digits.Length != 3)
        {
            _at++;
            if (_at < _text.Length && _text[_at] is '+' or '-')
            {
                _at++;
            }

            SkipAny("0123456789_");
        }

        // Complex numbers are of no use to templates, which nothing gives any.
        bool ends = _at == _text.Length || (!IsAlphaNumeric(RuneAt(_at, out _)) && _text[_at] is not ('+' or '-'));
        _at += ends ? 0 : 1;
        return ends ? Emit(TokenKind.Number) : Fail($"bad number syntax: {GoText.Quote(_text[_start.._at])}");
    }

    private bool AtTerminator() =>
        _at == _text.Length || IsSpace(_text[_at]) || _text[_at] is '.' or ',' or '|' or ':' or ')' or '(' ||
        string.CompareOrdinal(_text, _at, Right, 0, Right.Length) == 0;

    private bool AtRightDelimiter(out bool trims)
    {
        trims = _at + 1 < _text.Length && IsSpace(_text[_at]) && _text[_at + 1] == '-' &&
            string.CompareOrdinal(_text, _at + TrimMarkerLength, Right, 0, Right.Length) == 0;
        return trims || string.CompareOrdinal(_text, _at, Right, 0, Right.Length) == 0;
    }

    private bool HasLeftTrim(int at) => at + 1 < _text.Length && _text[at] == '-' && IsSpace(_text[at + 1]);

    private Token BadCharacter()
    {
        Rune rune = RuneAt(_at, out int width);
        _at += width;
        return Fail($"bad character {GoText.CodePoint(rune)}");
    }

    private Rune RuneAt(int at, out int width)
    {
        bool valid = Rune.TryGetRuneAt(_text, at, out Rune rune);
        rune = valid ? rune : Rune.ReplacementChar;
        width = valid ? rune.Utf16SequenceLength : 1;
        return rune;
    }

    private void SkipAlphaNumeric()
    {
        while (_at < _text.Length && RuneAt(_at, out int width) is var rune && IsAlphaNumeric(rune))
        {
            _at += width;
        }
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && IsSpace(_text[_at]))
        {
            _at++;
        }
    }

    private void SkipAny(string characters)
    {
        while (_at < _text.Length && characters.Contains(_text[_at], StringComparison.Ordinal))
        {
            _at++;
        }
    }

    private Token Take(TokenKind kind, int length)
    {
        _at += length;
        return Emit(kind);
    }

    private Token Emit(TokenKind kind)
    {
        var token = new Token(kind, _start, _text[_start.._at], _startLine);
        Skip(_at);
        return token;
    }

    private Token Fail(string message)
    {
        _failed = true;
        return new Token(TokenKind.Error, _start, message, _startLine);
    }

    /// <summary>Passes over what is no token.</summary>
    private void Skip(int to)
    {
        _line += _text.AsSpan(_start, to - _start).Count('\n');
        _start = to;
        _at = to;
        _startLine = _line;
    }
}
