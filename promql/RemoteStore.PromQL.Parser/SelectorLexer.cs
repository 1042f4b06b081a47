using System.Text;

namespace RemoteStore.PromQL.Parser;

/// <summary>Cuts a selector into tokens. Identifiers, durations and characters mean different things inside braces and brackets, as in Prometheus.</summary>
internal sealed class SelectorLexer(string text)
{
    private int _position;
    private bool _insideBraces;
    private bool _insideBrackets;

    /// <summary>Reads the next token.</summary>
    public Token Next()
    {
        SkipBlanks();
        int start = _position;
        if (start >= text.Length)
        {
            return _insideBraces ? new(TokenKind.Error, start, "unexpected end of input inside braces")
                : _insideBrackets ? new(TokenKind.Error, start, "unexpected end of input in duration expression")
                : new(TokenKind.End, start, "");
        }

        char c = text[start];
        if (char.IsAsciiLetter(c) || c == '_' || (c == ':' && !_insideBraces && !_insideBrackets))
        {
            return Word(start);
        }

        if (c is '"' or '\'' or '`' && !_insideBrackets)
        {
            return QuotedString(start, c);
        }

        if (!_insideBraces && (char.IsAsciiDigit(c) || (c == '.' && start + 1 < text.Length && char.IsAsciiDigit(text[start + 1]))))
        {
            return NumberOrDuration(start);
        }

        return Symbol(start, c);
    }

    private void SkipBlanks()
    {
        while (_position < text.Length)
        {
            char c = text[_position];
            if (c == '#')
            {
                int end = text.IndexOf('\n', _position);
                _position = end < 0 ? text.Length : end;
            }
            else if (c is ' ' or '\t' or '\n' or '\r')
            {
                _position++;
            }
            else
            {
                return;
            }
        }
    }

    private Token Word(int start)
    {
        while (_position < text.Length &&
            (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] == '_' || (text[_position] == ':' && !_insideBraces)))
        {
            _position++;
        }

        string word = text[start.._position];
        bool isNumber = !_insideBraces && (word.Equals("nan", StringComparison.OrdinalIgnoreCase) || word.Equals("inf", StringComparison.OrdinalIgnoreCase));
        return new(isNumber ? TokenKind.Number : TokenKind.Identifier, start, word);
    }

    private Token QuotedString(int start, char quote)
    {
        _position++;
        while (_position < text.Length)
        {
            char c = text[_position++];
            if (c == quote)
            {
                return new(TokenKind.String, start, text[start.._position]);
            }

            if (quote != '`' && c == '\\')
            {
                _position++; // GoString judges the escape
            }
            else if (quote != '`' && c == '\n')
            {
                break;
            }
        }

        _position = text.Length;
        return new(TokenKind.Error, start, quote == '`' ? "unterminated raw string" : "unterminated quoted string");
    }

    private Token NumberOrDuration(int start)
    {
        bool unit = false;
        while (_position < text.Length)
        {
            char c = text[_position];
            bool exponentSign = c is '+' or '-' && !unit && text[_position - 1] is 'e' or 'E' && !IsHex(start);
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_') && !exponentSign)
            {
                break;
            }

            unit |= c is 'm' or 's' or 'h' or 'd' or 'w' or 'y';
            _position++;
        }

        string word = text[start.._position];
        bool duration = unit && !IsHex(start);
        return new(duration ? TokenKind.Duration : TokenKind.Number, start, word);
    }

    private bool IsHex(int start) => text.AsSpan(start).StartsWith("0x", StringComparison.OrdinalIgnoreCase);

    private Token Symbol(int start, char c)
    {
        char next = start + 1 < text.Length ? text[start + 1] : '\0';
        TokenKind kind = (c, next) switch
        {
            ('=', '~') => TokenKind.EqualRegex,
            ('!', '=') => TokenKind.NotEqual,
            ('!', '~') => TokenKind.NotRegex,
            ('=', _) => TokenKind.Equal,
            ('{', _) => TokenKind.LeftBrace,
            ('}', _) => TokenKind.RightBrace,
            (',', _) => TokenKind.Comma,
            ('[', _) => TokenKind.LeftBracket,
            (']', _) => TokenKind.RightBracket,
            ('(', _) => TokenKind.LeftParenthesis,
            (')', _) => TokenKind.RightParenthesis,
            ('@', _) => TokenKind.At,
            ('-', _) => TokenKind.Minus,
            ('+', _) => TokenKind.Plus,
            ('*' or '/' or '%' or '^' or '<' or '>' or ':', _) => TokenKind.Other,
            _ => TokenKind.Error,
        };
        bool allowedInBraces = kind is TokenKind.EqualRegex or TokenKind.NotEqual or TokenKind.NotRegex or TokenKind.Equal or TokenKind.LeftBrace or
            TokenKind.RightBrace or TokenKind.Comma;
        if (kind == TokenKind.Error || (_insideBraces && !allowedInBraces) || (kind == TokenKind.RightBrace && !_insideBraces))
        {
            string character = char.IsSurrogatePair(c, next) ? text.Substring(start, 2) : c.ToString();
            string place = _insideBraces ? "unexpected character inside braces"
                : _insideBrackets ? "unexpected character in duration expression"
                : "unexpected character";
            _position = text.Length;
            return new(TokenKind.Error, start, $"{place}: '{character}'");
        }

        _position = start + (kind is TokenKind.EqualRegex or TokenKind.NotEqual or TokenKind.NotRegex ? 2 : 1);
        _insideBraces = kind == TokenKind.LeftBrace || (_insideBraces && kind != TokenKind.RightBrace);
        _insideBrackets = kind == TokenKind.LeftBracket || (_insideBrackets && kind != TokenKind.RightBracket);
        return new(kind, start, text[start.._position]);
    }

    /// <summary>Line and byte column of an index of the text, both from 1.</summary>
    public static (int Line, int Column) Locate(string text, int index)
    {
        int end = Math.Min(index, text.Length);
        int lineStart = end == 0 ? 0 : text.LastIndexOf('\n', end - 1) + 1;
        int line = 1 + text.AsSpan(0, end).Count('\n');
        return (line, 1 + Encoding.UTF8.GetByteCount(text.AsSpan(lineStart, end - lineStart)));
    }
}
