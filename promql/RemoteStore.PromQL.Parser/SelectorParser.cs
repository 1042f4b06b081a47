using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using RemoteStore.Model.Labels;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.PromQL.Parser;

/// <summary>
/// Parses series selectors: <c>name{label="value", other=~"pattern"}[5m] offset 1h @ 1609746000</c>, and <c>{"metric.name", "label.name"="value"}</c> for
/// names outside the classic alphabet.
/// </summary>
public sealed class SelectorParser
{
    private const string OnlySelectors = ": only plain selectors can be evaluated";

    private readonly string _text;
    private readonly SelectorLexer _lexer;
    private readonly List<LabelMatcher> _matchers = [];
    private Token _token;
    private string? _metricName;
    private long? _rangeMs;
    private long? _offsetMs;
    private AtModifier _at;

    private SelectorParser(string text)
    {
        _text = text;
        _lexer = new SelectorLexer(text);
        _token = _lexer.Next();
    }

    /// <summary>Parses a selector with optional range, offset and <c>@</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Selector? selector, [NotNullWhen(false)] out ParseError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        selector = null;
        try
        {
            var parser = new SelectorParser(text);
            parser.ParseVector();
            parser.ParseModifiers();
            parser.ExpectEnd(OnlySelectors);
            selector = new Selector(parser._matchers, parser._rangeMs, parser._offsetMs ?? 0, parser._at);
            error = null;
            return true;
        }
        catch (Failure failure)
        {
            error = failure.Error;
            return false;
        }
    }

    /// <summary>Parses a selector without range and modifiers, as <c>match[]</c> takes it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="matchers">The matchers when true is returned; all of them may match the empty value.</param>
    /// <param name="error">The fault when false is returned.</param>
    public static bool TryParseMatchers(
        string text, [NotNullWhen(true)] out IReadOnlyList<LabelMatcher>? matchers, [NotNullWhen(false)] out ParseError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        matchers = null;
        try
        {
            var parser = new SelectorParser(text);
            parser.ParseName();
            parser.ParseBraces();
            parser.ExpectEnd("");
            matchers = parser._matchers;
            error = null;
            return true;
        }
        catch (Failure failure)
        {
            error = failure.Error;
            return false;
        }
    }

    private void ParseVector()
    {
        int start = _token.Start;
        ParseName();
        ParseBraces();
        if (!_matchers.Exists(static m => !m.MatchesEmpty))
        {
            throw Fail(start, "vector selector must contain at least one non-empty matcher");
        }
    }

    private void ParseName()
    {
        if (_token.Kind == TokenKind.End)
        {
            throw new Failure(new ParseError(0, 0, "no expression found in input"));
        }

        if (_token.Kind == TokenKind.Identifier)
        {
            _metricName = _token.Text;
            _matchers.Add(new LabelMatcher(MatchType.Equal, LabelSet.MetricName, _metricName));
            Advance();
        }
        else if (_token.Kind != TokenKind.LeftBrace)
        {
            throw Unexpected("", "", OnlySelectors);
        }
    }

    private void ParseBraces()
    {
        if (_token.Kind != TokenKind.LeftBrace)
        {
            return;
        }

        Advance();
        while (_token.Kind != TokenKind.RightBrace)
        {
            ParseMatcher();
            if (_token.Kind == TokenKind.Comma)
            {
                Advance();
            }
            else if (_token.Kind != TokenKind.RightBrace)
            {
                throw Unexpected(" in label matching", ", expected \",\" or \"}\"");
            }
        }

        Advance();
    }

    private void ParseMatcher()
    {
        Token nameToken = _token;
        if (nameToken.Kind is not (TokenKind.Identifier or TokenKind.String))
        {
            throw Unexpected(" in label matching", ", expected identifier or \"}\"");
        }

        string name = nameToken.Kind == TokenKind.String ? Unquote(nameToken) : nameToken.Text;
        Advance();
        MatchType? type = _token.Kind switch
        {
            TokenKind.Equal => MatchType.Equal,
            TokenKind.NotEqual => MatchType.NotEqual,
            TokenKind.EqualRegex => MatchType.Regexp,
            TokenKind.NotRegex => MatchType.NotRegexp,
            _ => null,
        };
        if (type is null && nameToken.Kind == TokenKind.String && _token.Kind is TokenKind.Comma or TokenKind.RightBrace)
        {
            AddMatcher(nameToken, MatchType.Equal, LabelSet.MetricName, name);
            return;
        }

        if (type is null)
        {
            throw Unexpected(" in label matching", ", expected label matching operator");
        }

        Advance();
        if (_token.Kind != TokenKind.String)
        {
            throw Unexpected(" in label matching", ", expected string");
        }

        string value = Unquote(_token);
        AddMatcher(nameToken, type.Value, name, value);
        Advance();
    }

    private void AddMatcher(Token at, MatchType type, string name, string value)
    {
        if (name.Length == 0)
        {
            throw Fail(at.Start, "a label name must not be empty");
        }

        if (name == LabelSet.MetricName && type == MatchType.Equal)
        {
            if (_metricName is not null)
            {
                throw Fail(at.Start, $"metric name must not be set twice: {Token.Quote(_metricName)} or {Token.Quote(value)}");
            }

            _metricName = at.Kind == TokenKind.String ? value : _metricName;
        }

        try
        {
            _matchers.Add(new LabelMatcher(type, name, value));
        }
        catch (FormatException exception)
        {
            throw Fail(at.Start, exception.Message);
        }
    }

    private void ParseModifiers()
    {
        if (_token.Kind == TokenKind.LeftBracket)
        {
            ParseRange();
        }

        while (true)
        {
            if (_token is { Kind: TokenKind.Identifier, Text: "offset" } || IsKeyword("offset"))
            {
                ParseOffset();
            }
            else if (_token.Kind == TokenKind.At)
            {
                ParseAt();
            }
            else
            {
                return;
            }
        }
    }

    private void ParseRange()
    {
        Advance();
        if (_token.Kind is not (TokenKind.Duration or TokenKind.Number))
        {
            throw Unexpected(" in duration expression", "");
        }

        Token at = _token;
        _rangeMs = Duration(at);
        if (_rangeMs <= 0)
        {
            throw Fail(at.Start, "duration must be greater than 0");
        }

        Advance();
        if (_token.Kind != TokenKind.RightBracket)
        {
            throw Unexpected("", ", expected \"]\"");
        }

        Advance();
    }

    private void ParseOffset()
    {
        Token at = _token;
        Advance();
        int sign = Sign();
        if (_token.Kind is not (TokenKind.Duration or TokenKind.Number))
        {
            throw Unexpected(" in offset", ", expected number, duration, or step()");
        }

        if (_offsetMs is not null)
        {
            throw Fail(at.Start, "offset may not be set multiple times");
        }

        _offsetMs = sign * Duration(_token);
        Advance();
    }

    private void ParseAt()
    {
        Token at = _token;
        Advance();
        AtModifier modifier;
        if (IsKeyword("start") || IsKeyword("end"))
        {
            modifier = new(IsKeyword("start") ? AtKind.Start : AtKind.End);
            Advance();
            Expect(TokenKind.LeftParenthesis, "\"(\"");
            Expect(TokenKind.RightParenthesis, "\")\"");
        }
        else
        {
            int sign = Sign();
            if (_token.Kind != TokenKind.Number)
            {
                throw Unexpected(" in @", ", expected timestamp");
            }

            double milliseconds = Math.Round(sign * Number(_token) * 1000, MidpointRounding.AwayFromZero);
            if (double.IsNaN(milliseconds) || milliseconds >= long.MaxValue || milliseconds <= long.MinValue)
            {
                throw Fail(_token.Start, $"timestamp out of bounds for @ modifier: {_token.Text}");
            }

            modifier = new(AtKind.Timestamp, (long)milliseconds);
            Advance();
        }

        if (_at.Kind != AtKind.None)
        {
            throw Fail(at.Start, "@ <timestamp> may not be set multiple times");
        }

        _at = modifier;
    }

    private int Sign()
    {
        int sign = _token.Kind == TokenKind.Minus ? -1 : 1;
        if (_token.Kind is TokenKind.Minus or TokenKind.Plus)
        {
            Advance();
        }

        return sign;
    }

    private long Duration(Token token)
    {
        bool ok = token.Kind == TokenKind.Duration
            ? PromDuration.TryParse(token.Text, out long milliseconds)
            : PromDuration.TryParseOrSeconds(token.Text, out milliseconds);
        return ok ? milliseconds : throw Fail(token.Start, $"bad number or duration syntax: {Token.Quote(token.Text)}");
    }

    private double Number(Token token) => double.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        ? value
        : token.Text.Equals("inf", StringComparison.OrdinalIgnoreCase) ? double.PositiveInfinity
        : throw Fail(token.Start, $"bad number or duration syntax: {Token.Quote(token.Text)}");

    private string Unquote(Token token) =>
        GoString.TryUnquote(token.Text, out string value) ? value : throw Fail(token.Start, $"error unquoting string {Token.Quote(token.Text)}: invalid syntax");

    private bool IsKeyword(string word) => _token.Kind == TokenKind.Identifier && _token.Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private void Expect(TokenKind kind, string what)
    {
        if (_token.Kind != kind)
        {
            throw Unexpected("", $", expected {what}");
        }

        Advance();
    }

    private void ExpectEnd(string hint)
    {
        if (_token.Kind != TokenKind.End)
        {
            bool partOfLargerExpression = _token.Kind is TokenKind.LeftParenthesis or TokenKind.Other or TokenKind.Plus or TokenKind.Minus;
            throw Unexpected("", "", partOfLargerExpression ? hint : "");
        }
    }

    private void Advance() => _token = _lexer.Next();

    private Failure Unexpected(string context, string expected, string hint = "") =>
        _token.Kind == TokenKind.Error ? Fail(_token.Start, _token.Text) : Fail(_token.Start, $"unexpected {_token.Describe()}{context}{expected}{hint}");

    private Failure Fail(int index, string message)
    {
        (int line, int column) = SelectorLexer.Locate(_text, index);
        return new Failure(new ParseError(line, column, message));
    }

    /// <summary>Leaves the recursive descent with the first fault; never leaves this class.</summary>
    [SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "Control flow within this class only.")]
    [SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "Carries an error, made in one place.")]
    private sealed class Failure(ParseError error) : Exception
    {
        public ParseError Error { get; } = error;
    }
}
