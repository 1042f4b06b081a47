namespace RemoteStore.Ruler.Templates.Parsing;

/// <summary>What a token of a template is.</summary>
internal enum TokenKind
{
    /// <summary>A mistake; the text says what.</summary>
    Error = 0,
    Eof,
    Text,
    LeftDelimiter,
    RightDelimiter,
    Space,
    Bool,
    Character,
    CharacterConstant,
    Number,
    String,
    RawString,
    Assign,
    Declare,
    Pipe,
    LeftParen,
    RightParen,
    Field,
    Identifier,
    Variable,

    /// <summary>The dot alone.</summary>
    Dot,

    // Words of the language; all that follow are shown between angle brackets.
    Block,
    Break,
    Continue,
    Define,
    Else,
    End,
    If,
    Nil,
    Range,
    Template,
    With,
}
