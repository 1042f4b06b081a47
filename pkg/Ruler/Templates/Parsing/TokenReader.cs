namespace RemoteStore.Ruler.Templates.Parsing;

/// <summary>Reads tokens with a look ahead of up to three.</summary>
/// <param name="lexer">Where they come from.</param>
internal sealed class TokenReader(TemplateLexer lexer)
{
    private readonly Stack<Token> _back = new();

    /// <summary>Line of the token that was read last.</summary>
    public int Line { get; private set; } = 1;

    /// <summary>The next token, spaces included.</summary>
    public Token Next()
    {
        Token token = _back.TryPop(out Token known) ? known : lexer.Next();
        Line = token.Line;
        return token;
    }

    /// <summary>Puts a token back; the one put back last is read first.</summary>
    public void Back(Token token) => _back.Push(token);

    /// <summary>The next token, left where it is.</summary>
    public Token Peek()
    {
        Token token = Next();
        Back(token);
        return token;
    }

    /// <summary>The next token that is no space.</summary>
    public Token NextNonSpace()
    {
        Token token;
        do
        {
            token = Next();
        }
        while (token.Kind == TokenKind.Space);
        return token;
    }

    /// <summary>The next token that is no space, left where it is; spaces before it are gone.</summary>
    public Token PeekNonSpace()
    {
        Token token = NextNonSpace();
        Back(token);
        return token;
    }
}
