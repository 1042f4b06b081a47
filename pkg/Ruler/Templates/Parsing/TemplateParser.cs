using System.Globalization;
using System.Text;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Lexing;

namespace RemoteStore.Ruler.Templates.Parsing;

/// <summary>
/// Parses a template to nodes as Go's text/template does, with its messages. For one template. Nesting is bounded, so that no text overflows the stack here or where
/// the nodes are walked.
/// </summary>
internal sealed class TemplateParser
{
    private const int MaxDepth = 250;

    private readonly string _name;
    private readonly Func<string, bool> _isFunction;
    private readonly TokenReader _tokens;
    private readonly Dictionary<string, ListNode> _templates = new(StringComparer.Ordinal);
    private List<string> _variables = ["$"];
    private int _ranges;
    private int _actionLine;
    private int _depth;

    private TemplateParser(string name, string text, Func<string, bool> isFunction)
    {
        _name = name;
        _isFunction = isFunction;
        _tokens = new TokenReader(new TemplateLexer(text, isFunction));
    }

    /// <summary>Parses.</summary>
    /// <param name="name">Name of the template.</param>
    /// <param name="text">The template.</param>
    /// <param name="isFunction">Tells which names are functions.</param>
    /// <returns>The template and those that it defines, by name.</returns>
    /// <exception cref="TemplateSyntaxException">It cannot be parsed.</exception>
    public static IReadOnlyDictionary<string, ListNode> Parse(string name, string text, Func<string, bool> isFunction)
    {
        var parser = new TemplateParser(name, text, isFunction);
        parser.ParseAll();
        return parser._templates;
    }

    private void ParseAll()
    {
        var root = new ListNode(0, []);
        while (_tokens.Peek().Kind != TokenKind.Eof)
        {
            if (_tokens.Peek().Kind == TokenKind.LeftDelimiter)
            {
                Token delimiter = _tokens.Next();
                Token word = _tokens.NextNonSpace();
                if (word.Kind == TokenKind.Define)
                {
                    Definition();
                    continue;
                }

                _tokens.Back(word);
                _tokens.Back(delimiter);
            }

            TemplateNode node = TextOrAction();
            if (node is CloseNode)
            {
                throw Error($"unexpected {node}");
            }

            root.Nodes.Add(node);
        }

        Add(_name, root);
    }

    private void Definition()
    {
        const string Context = "define clause";
        Token name = Expect(Context, TokenKind.String, TokenKind.RawString);
        string text = Unquote(name);
        Expect(Context, TokenKind.RightDelimiter);
        Add(text, Separate(Context));
    }

    /// <summary>The body of a definition or block, which does not know the variables around it.</summary>
    private ListNode Separate(string context)
    {
        (List<string> variables, int ranges) = (_variables, _ranges);
        (_variables, _ranges) = (["$"], 0);
        ListNode body = ItemList(out CloseNode close);
        (_variables, _ranges) = (variables, ranges);
        return close.IsElse ? throw Error($"unexpected {close} in {context}") : body;
    }

    private void Add(string name, ListNode body)
    {
        bool isEmpty = body.Nodes.TrueForAll(static node => node is TextNode text && string.IsNullOrWhiteSpace(text.Text));
        if (!_templates.TryGetValue(name, out ListNode? known) || IsEmpty(known))
        {
            _templates[name] = body;
        }
        else if (!isEmpty)
        {
            throw Error($"template: multiple definition of template {GoText.Quote(name)}");
        }

        static bool IsEmpty(ListNode list) => list.Nodes.TrueForAll(static node => node is TextNode text && string.IsNullOrWhiteSpace(text.Text));
    }

    private ListNode ItemList(out CloseNode close)
    {
        var list = new ListNode(_tokens.PeekNonSpace().Position, []);
        while (_tokens.PeekNonSpace().Kind != TokenKind.Eof)
        {
            TemplateNode node = TextOrAction();
            if (node is CloseNode end)
            {
                close = end;
                return list;
            }

            list.Nodes.Add(node);
        }

        throw Error("unexpected EOF");
    }

    private TemplateNode TextOrAction()
    {
        Token token = _tokens.NextNonSpace();
        switch (token.Kind)
        {
            case TokenKind.Text:
                return new TextNode(token.Position, token.Text);
            case TokenKind.LeftDelimiter:
                _actionLine = token.Line;
                TemplateNode action = Action();
                _actionLine = 0;
                return action;
            default:
                throw Unexpected(token, "input");
        }
    }

    private TemplateNode Action()
    {
        Token token = _tokens.NextNonSpace();
        switch (token.Kind)
        {
            case TokenKind.Block:
                return Block();
            case TokenKind.Break or TokenKind.Continue:
                return Leave(token);
            case TokenKind.Else:
                return Else();
            case TokenKind.End:
                return new CloseNode(Expect("end", TokenKind.RightDelimiter).Position, IsElse: false);
            case TokenKind.If:
                return Branch(BranchKind.If, "if");
            case TokenKind.Range:
                return Branch(BranchKind.Range, "range");
            case TokenKind.With:
                return Branch(BranchKind.With, "with");
            case TokenKind.Template:
                return TemplateCall();
            default:
                _tokens.Back(token);
                int position = _tokens.Peek().Position;
                return new ActionNode(position, Pipeline("command", TokenKind.RightDelimiter));
        }
    }

    private LeaveNode Leave(Token word)
    {
        string name = $"{{{{{word.Text}}}}}";
        Token token = _tokens.NextNonSpace();
        return token.Kind != TokenKind.RightDelimiter ? throw Unexpected(token, name)
            : _ranges == 0 ? throw Error($"{name} outside {{{{range}}}}")
            : new LeaveNode(word.Position, word.Kind == TokenKind.Break);
    }

    private CloseNode Else()
    {
        Token next = _tokens.PeekNonSpace();
        return new CloseNode(
            next.Kind is TokenKind.If or TokenKind.With ? next.Position : Expect("else", TokenKind.RightDelimiter).Position,
            IsElse: true);
    }

    private BranchNode Branch(BranchKind kind, string context)
    {
        Enter();
        int variables = _variables.Count;
        PipeNode pipe = Pipeline(context, TokenKind.RightDelimiter);
        _ranges += kind == BranchKind.Range ? 1 : 0;
        ListNode body = ItemList(out CloseNode close);
        _ranges -= kind == BranchKind.Range ? 1 : 0;
        ListNode? otherwise = close.IsElse ? Otherwise(kind, close) : null;
        _variables.RemoveRange(variables, _variables.Count - variables);
        _depth--;
        return new BranchNode(pipe.Position, kind, pipe, body, otherwise);
    }

    private ListNode Otherwise(BranchKind kind, CloseNode close)
    {
        TokenKind again = kind == BranchKind.If ? TokenKind.If : kind == BranchKind.With ? TokenKind.With : TokenKind.Error;
        if (again != TokenKind.Error && _tokens.Peek().Kind == again)
        {
            // {{else if}} stands for {{else}}{{if}} and one {{end}} more.
            _tokens.Next();
            return new ListNode(close.Position, [Branch(kind, kind == BranchKind.If ? "if" : "with")]);
        }

        ListNode list = ItemList(out CloseNode end);
        return end.IsElse ? throw Error($"expected end; found {end}") : list;
    }

    private TemplateCallNode Block()
    {
        const string Context = "block clause";
        Token token = _tokens.NextNonSpace();
        string name = TemplateName(token, Context);
        PipeNode pipe = Pipeline(Context, TokenKind.RightDelimiter);
        Enter();
        Add(name, Separate(Context));
        _depth--;
        return new TemplateCallNode(token.Position, name, pipe);
    }

    private TemplateCallNode TemplateCall()
    {
        const string Context = "template clause";
        Token token = _tokens.NextNonSpace();
        string name = TemplateName(token, Context);
        Token next = _tokens.NextNonSpace();
        if (next.Kind == TokenKind.RightDelimiter)
        {
            return new TemplateCallNode(token.Position, name, null);
        }

        _tokens.Back(next);
        return new TemplateCallNode(token.Position, name, Pipeline(Context, TokenKind.RightDelimiter));
    }

    private string TemplateName(Token token, string context) =>
        token.Kind is TokenKind.String or TokenKind.RawString ? Unquote(token) : throw Unexpected(token, context);

    private PipeNode Pipeline(string context, TokenKind end)
    {
        Enter();
        var pipe = new PipeNode(_tokens.PeekNonSpace().Position, IsAssignment: false, [], []);
        while (Variable(pipe, context) is { } isAssignment)
        {
            pipe = pipe with { IsAssignment = isAssignment.IsAssignment };
            if (!isAssignment.More)
            {
                break;
            }
        }

        while (true)
        {
            Token token = _tokens.NextNonSpace();
            if (token.Kind == end)
            {
                CheckPipeline(pipe, context);
                _depth--;
                return pipe;
            }

            if (!BeginsOperand(token.Kind))
            {
                throw Unexpected(token, context);
            }

            _tokens.Back(token);
            pipe.Commands.Add(Command());
        }
    }

    /// <summary>Reads a variable that a pipeline sets, if there is one; says whether it is assigned, and whether another follows.</summary>
    private (bool IsAssignment, bool More)? Variable(PipeNode pipe, string context)
    {
        if (_tokens.PeekNonSpace().Kind != TokenKind.Variable)
        {
            return null;
        }

        Token variable = _tokens.Next();
        Token adjacent = _tokens.Peek();
        Token next = _tokens.PeekNonSpace();
        if (next.Kind is TokenKind.Assign or TokenKind.Declare)
        {
            _tokens.NextNonSpace();
            Declare(pipe, variable);
            return (next.Kind == TokenKind.Assign, false);
        }

        if (next is { Kind: TokenKind.Character, Text: "," })
        {
            _tokens.NextNonSpace();
            Declare(pipe, variable);
            if (context != "range" || pipe.Variables.Count >= 2)
            {
                throw Error($"too many declarations in {context}");
            }

            return _tokens.PeekNonSpace().Kind is TokenKind.Variable or TokenKind.RightDelimiter or TokenKind.RightParen
                ? (false, true)
                : throw Error("range can only initialize variables");
        }

        // A space keeps arguments apart, so it has to be put back too.
        if (adjacent.Kind == TokenKind.Space)
        {
            _tokens.Back(adjacent);
        }

        _tokens.Back(variable);
        return null;
    }

    private void Declare(PipeNode pipe, Token variable)
    {
        pipe.Variables.Add(new VariableNode(variable.Position, variable.Text, []));
        _variables.Add(variable.Text);
    }

    private void CheckPipeline(PipeNode pipe, string context)
    {
        if (pipe.Commands.Count == 0)
        {
            throw Error($"missing value for {context}");
        }

        for (int i = 1; i < pipe.Commands.Count; i++)
        {
            if (pipe.Commands[i].Arguments[0] is BoolNode or DotNode or NilNode or NumberNode or StringNode)
            {
                throw Error(string.Create(CultureInfo.InvariantCulture, $"non executable command in pipeline stage {i + 1}"));
            }
        }
    }

    private static bool BeginsOperand(TokenKind kind) => kind is
        TokenKind.Bool or TokenKind.CharacterConstant or TokenKind.Dot or TokenKind.Field or TokenKind.Identifier or TokenKind.Number or TokenKind.Nil or
        TokenKind.RawString or TokenKind.String or TokenKind.Variable or TokenKind.LeftParen;

    private CommandNode Command()
    {
        var command = new CommandNode(_tokens.PeekNonSpace().Position, []);
        while (true)
        {
            _tokens.PeekNonSpace();
            if (Operand() is { } operand)
            {
                command.Arguments.Add(operand);
            }

            Token token = _tokens.Next();
            switch (token.Kind)
            {
                case TokenKind.Space:
                    continue;
                case TokenKind.RightDelimiter or TokenKind.RightParen:
                    _tokens.Back(token);
                    break;
                case TokenKind.Pipe:
                    break;
                default:
                    throw Unexpected(token, "operand");
            }

            return command.Arguments.Count == 0 ? throw Error("empty command") : command;
        }
    }

    private TemplateNode? Operand()
    {
        TemplateNode? node = Term();
        if (node is null || _tokens.Peek().Kind != TokenKind.Field)
        {
            return node;
        }

        int position = _tokens.Peek().Position;
        var fields = new List<string>();
        while (_tokens.Peek().Kind == TokenKind.Field)
        {
            fields.Add(_tokens.Next().Text[1..]);
        }

        return node switch
        {
            FieldNode field => new FieldNode(position, [.. field.Fields, .. fields]),
            VariableNode variable => new VariableNode(position, variable.Name, [.. variable.Fields, .. fields]),
            BoolNode or StringNode or NumberNode or NilNode or DotNode => throw Error($"unexpected . after term {GoText.Quote(node.ToString()!)}"),
            _ => new ChainNode(position, node, fields),
        };
    }

    private TemplateNode? Term()
    {
        Token token = _tokens.NextNonSpace();
        switch (token.Kind)
        {
            case TokenKind.Identifier:
                return _isFunction(token.Text)
                    ? new IdentifierNode(token.Position, token.Text)
                    : throw Error($"function {GoText.Quote(token.Text)} not defined");
            case TokenKind.Dot:
                return new DotNode(token.Position);
            case TokenKind.Nil:
                return new NilNode(token.Position);
            case TokenKind.Variable:
                return _variables.Contains(token.Text)
                    ? new VariableNode(token.Position, token.Text, [])
                    : throw Error($"undefined variable {GoText.Quote(token.Text)}");
            case TokenKind.Field:
                return new FieldNode(token.Position, [token.Text[1..]]);
            case TokenKind.Bool:
                return new BoolNode(token.Position, token.Text == "true");
            case TokenKind.CharacterConstant or TokenKind.Number:
                return TemplateNumber.TryRead(token, out NumberNode? number, out string fault) ? number : throw Error(fault);
            case TokenKind.LeftParen:
                return Pipeline("parenthesized pipeline", TokenKind.RightParen);
            case TokenKind.String or TokenKind.RawString:
                return new StringNode(token.Position, token.Text, Unquote(token));
            default:
                _tokens.Back(token);
                return null;
        }
    }

    private string Unquote(Token token) =>
        GoString.TryUnquote(token.Text, out byte[] value, out _) ? Encoding.UTF8.GetString(value) : throw Error("invalid syntax");

    private Token Expect(string context, params ReadOnlySpan<TokenKind> kinds)
    {
        Token token = _tokens.NextNonSpace();
        return kinds.Contains(token.Kind) ? token : throw Unexpected(token, context);
    }

    private void Enter()
    {
        if (++_depth > MaxDepth)
        {
            throw Error(string.Create(CultureInfo.InvariantCulture, $"nested deeper than {MaxDepth}"));
        }
    }

    private TemplateSyntaxException Unexpected(Token token, string context)
    {
        if (token.Kind != TokenKind.Error)
        {
            return Error($"unexpected {token} in {context}");
        }

        string extra = "";
        if (_actionLine != 0 && _actionLine != token.Line)
        {
            extra = string.Create(CultureInfo.InvariantCulture, $" in action started at {_name}:{_actionLine}");
            extra = token.Text.EndsWith(" action", StringComparison.Ordinal) ? extra[" in action".Length..] : extra;
        }

        return Error(token + extra);
    }

    private TemplateSyntaxException Error(string message) =>
        new(string.Create(CultureInfo.InvariantCulture, $"template: {_name}:{_tokens.Line}: {message}"));
}
