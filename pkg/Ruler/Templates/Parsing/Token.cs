using RemoteStore.PromQL.Parser.Lexing;

namespace RemoteStore.Ruler.Templates.Parsing;

/// <summary>A token of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Position">Where it begins, in characters.</param>
/// <param name="Text">How it is written, or what is wrong.</param>
/// <param name="Line">Line of its beginning, from 1.</param>
internal readonly record struct Token(TokenKind Kind, int Position, string Text, int Line)
{
    /// <summary>As messages show it.</summary>
    public override string ToString() => Kind switch
    {
        TokenKind.Eof => "EOF",
        TokenKind.Error => Text,
        > TokenKind.Dot => $"<{Text}>",
        _ when GoText.RuneCount(Text) > 10 => $"{GoText.Quote(GoText.FirstRunes(Text, 10))}...",
        _ => GoText.Quote(Text),
    };
}
