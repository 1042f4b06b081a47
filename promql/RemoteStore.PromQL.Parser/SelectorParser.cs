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
    private int _start;
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
            parser.CheckMatchers(someMustNotMatchEmpty: true);
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
            parser.CheckMatchers(someMustNotMatchEmpty: false);
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
        ParseName();
        ParseBraces();
    }

    private void ParseName()
    {
        if (_token.Kind == TokenKind.End)
        {
            throw new Failure(new ParseError(0, 0, "no expression found in input"));
        }

        _start = _token.Start;
        if (_token.Kind == TokenKind.Identifier)
        {
            _metricName = _token.Text;
            Advance();
        }
        else if (_token.Kind != TokenKind.LeftBrace)
        {
            throw Unexpected("", "", OnlySelectors);
        }
    }

    /// <summary>The rules for matchers as a whole; the name before the braces becomes the last of them.</summary>
    private void CheckMatchers(bool someMustNotMatchEmpty)
    {
        if (_metricName is null)
        {
            if (someMustNotMatchEmpty && _matchers.TrueForAll(static m => m.MatchesEmpty))
            {
                throw Fail(_start, "vector selector must contain at least one non-empty matcher");
            }

            return;
        }

        if (_matchers.Find(static m => m.Name == LabelSet.MetricName) is { } second)
        {
            throw Fail(_start, $"metric name must not be set twice: {Token.Quote(_metricName)} or {Token.Quote(second.Value)}");
        }

        _matchers.Add(new LabelMatcher(MatchType.Equal, LabelSet.MetricName, _metricName));
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
            if (IsKeyword("offset"))
            {
                ParseOffset();
            }
            else if (_token.Kind == TokenKind.At)
            {
                ParseAt();
            }
            else if (_token.Kind == TokenKind.LeftBracket && _rangeMs is null)
            {
                throw Fail(_token.Start, $"no {(_at.Kind != AtKind.None ? "@" : "offset")} modifiers allowed before range");
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
        int start = _token.Start;
        _rangeMs = Duration(" in duration expression", "");
        if (_rangeMs <= 0)
        {
            throw Fail(start, "duration must be greater than 0");
        }

        if (_token.Kind != TokenKind.RightBracket)
        {
            throw Unexpected("", ", expected \"]\"");
        }

        Advance();
    }

    private void ParseOffset()
    {
        Advance();
        long offsetMs = Duration(" in offset", ", expected number, duration, step(), or range()");
        if (_offsetMs is not null)
        {
            throw Fail(_start, "offset may not be set multiple times");
        }

        _offsetMs = offsetMs;
    }

    private void ParseAt()
    {
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

            double seconds = sign * Number(_token);
            double milliseconds = Math.Round(seconds * 1000, MidpointRounding.AwayFromZero);
            if (double.IsNaN(milliseconds) || milliseconds >= long.MaxValue || milliseconds <= long.MinValue)
            {
                throw Fail(_start, $"timestamp out of bounds for @ modifier: {FixedPoint(seconds)}");
            }

            modifier = new(AtKind.Timestamp, (long)milliseconds);
            Advance();
        }

        if (_at.Kind != AtKind.None)
        {
            throw Fail(_start, "@ <timestamp> may not be set multiple times");
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

    /// <summary>A duration or a number of seconds, with a sign perhaps.</summary>
    private long Duration(string context, string expected)
    {
        int sign = Sign();
        Token token = _token;
        long milliseconds;
        if (token.Kind == TokenKind.Duration)
        {
            if (PromDuration.Parse(token.Text, out milliseconds) is { } fault)
            {
                throw Fail(token.Start, fault);
            }
        }
        else if (token.Kind != TokenKind.Number)
        {
            throw Unexpected(context, expected);
        }
        else if (!PromDuration.TryFromSeconds(Number(token), out milliseconds))
        {
            throw Fail(token.Start, "duration out of range");
        }

        Advance();
        return sign * milliseconds;
    }

    private double Number(Token token)
    {
        ReadOnlySpan<char> text = token.Text;
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) &&
            ulong.TryParse(text[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong integer))
        {
            return integer;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value
            : text.Equals("inf", StringComparison.OrdinalIgnoreCase) ? double.PositiveInfinity
            : throw Fail(token.Start, $"bad number or duration syntax: {Token.Quote(token.Text)}");
    }

    private static string FixedPoint(double value) => double.IsNaN(value) ? "NaN"
        : double.IsInfinity(value) ? (value > 0 ? "+Inf" : "-Inf")
        : value.ToString("F6", CultureInfo.InvariantCulture);

    private string Unquote(Token token) =>
        GoString.TryUnquote(token.Text, out string value, out string fault) ? value : throw Fail(token.Start, fault);

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
