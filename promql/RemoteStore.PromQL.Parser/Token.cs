using System.Globalization;
using System.Text;

namespace RemoteStore.PromQL.Parser;

/// <summary>Kinds of tokens a selector is made of. <see cref="Other"/> is what belongs to larger expressions.</summary>
internal enum TokenKind
{
    End,
    Error,
    Identifier,
    String,
    Number,
    Duration,
    LeftBrace,
    RightBrace,
    LeftBracket,
    RightBracket,
    LeftParenthesis,
    RightParenthesis,
    Comma,
    At,
    Minus,
    Plus,
    Equal,
    NotEqual,
    EqualRegex,
    NotRegex,
    Other,
}

/// <summary>One token: where it begins and its text as written. For <see cref="TokenKind.Error"/> the text is the message.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, string Text)
{
    /// <summary>The token in a message, in Prometheus' manner.</summary>
    public string Describe() => Kind switch
    {
        TokenKind.End => "end of input",
        TokenKind.Identifier => (Text.Contains(':', StringComparison.Ordinal) ? "metric identifier " : "identifier ") + Quote(Text),
        TokenKind.String => "string " + Shortened(),
        TokenKind.Number => "number " + Shortened(),
        TokenKind.Duration => "duration " + Shortened(),
        TokenKind.NotEqual or TokenKind.EqualRegex or TokenKind.NotRegex or TokenKind.Minus or TokenKind.Plus or TokenKind.Other =>
            $"<op:{Text}>",
        _ => Quote(Text),
    };

    /// <summary>A double-quoted string literal.</summary>
    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\x7f' => quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    private string Shortened() => Text.Length > 10 ? Quote(Text[..10]) + "..." : Quote(Text);
}
