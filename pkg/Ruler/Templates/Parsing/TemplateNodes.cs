using RemoteStore.PromQL.Parser.Lexing;

namespace RemoteStore.Ruler.Templates.Parsing;

/// <summary>A part of a template. Immutable once it is parsed. Its text is the one that Go's nodes have, which messages show.</summary>
/// <param name="Position">Where it begins in the template, in characters.</param>
internal abstract record TemplateNode(int Position);

/// <summary>Nodes one after the other.</summary>
internal sealed record ListNode(int Position, List<TemplateNode> Nodes) : TemplateNode(Position)
{
    public override string ToString() => string.Concat(Nodes);
}

/// <summary>Text to be put out as it is.</summary>
internal sealed record TextNode(int Position, string Text) : TemplateNode(Position)
{
    public override string ToString() => Text;
}

/// <summary>A pipeline whose value is put out.</summary>
internal sealed record ActionNode(int Position, PipeNode Pipe) : TemplateNode(Position)
{
    public override string ToString() => $"{{{{{Pipe}}}}}";
}

/// <summary>Commands, each of which gets the value of the one before it, and the variables that get the value of the last.</summary>
internal sealed record PipeNode(int Position, bool IsAssignment, List<VariableNode> Variables, List<CommandNode> Commands) : TemplateNode(Position)
{
    public override string ToString()
    {
        string variables = Variables.Count == 0 ? "" : $"{string.Join(", ", Variables)} {(IsAssignment ? "=" : ":=")} ";
        return variables + string.Join(" | ", Commands);
    }
}

/// <summary>A value, or a function with its arguments.</summary>
internal sealed record CommandNode(int Position, List<TemplateNode> Arguments) : TemplateNode(Position)
{
    public override string ToString() => string.Join(' ', Arguments.Select(static argument => argument is PipeNode ? $"({argument})" : argument.ToString()));
}

/// <summary>Which of the parts with a condition or a loop a <see cref="BranchNode"/> is.</summary>
internal enum BranchKind
{
    If,
    With,
    Range,
}

/// <summary><c>if</c>, <c>with</c> or <c>range</c>.</summary>
internal sealed record BranchNode(int Position, BranchKind Kind, PipeNode Pipe, ListNode Body, ListNode? Else) : TemplateNode(Position)
{
    public override string ToString()
    {
        string word = Kind switch
        {
            BranchKind.If => "if",
            BranchKind.With => "with",
            _ => "range",
        };
        return $"{{{{{word} {Pipe}}}}}{Body}{(Else is null ? "" : $"{{{{else}}}}{Else}")}{{{{end}}}}";
    }
}

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed record LeaveNode(int Position, bool IsBreak) : TemplateNode(Position)
{
    public override string ToString() => IsBreak ? "{{break}}" : "{{continue}}";
}

/// <summary>The end of a list: <c>end</c> or <c>else</c>.</summary>
internal sealed record CloseNode(int Position, bool IsElse) : TemplateNode(Position)
{
    public override string ToString() => IsElse ? "{{else}}" : "{{end}}";
}

/// <summary>The use of another template.</summary>
internal sealed record TemplateCallNode(int Position, string Name, PipeNode? Pipe) : TemplateNode(Position)
{
    public override string ToString() => $"{{{{template {GoText.Quote(Name)}{(Pipe is null ? "" : $" {Pipe}")}}}}}";
}

/// <summary>A function by its name.</summary>
internal sealed record IdentifierNode(int Position, string Name) : TemplateNode(Position)
{
    public override string ToString() => Name;
}

/// <summary>A variable, and fields of its value.</summary>
internal sealed record VariableNode(int Position, string Name, IReadOnlyList<string> Fields) : TemplateNode(Position)
{
    public override string ToString() => string.Join('.', [Name, .. Fields]);
}

/// <summary>The dot.</summary>
internal sealed record DotNode(int Position) : TemplateNode(Position)
{
    public override string ToString() => ".";
}

/// <summary>No value.</summary>
internal sealed record NilNode(int Position) : TemplateNode(Position)
{
    public override string ToString() => "nil";
}

/// <summary>Fields of the dot.</summary>
internal sealed record FieldNode(int Position, IReadOnlyList<string> Fields) : TemplateNode(Position)
{
    public override string ToString() => string.Concat(Fields.Select(static field => "." + field));
}

/// <summary>Fields of what stands before them.</summary>
internal sealed record ChainNode(int Position, TemplateNode Operand, IReadOnlyList<string> Fields) : TemplateNode(Position)
{
    public override string ToString() => (Operand is PipeNode ? $"({Operand})" : Operand.ToString()) + string.Concat(Fields.Select(static field => "." + field));
}

/// <summary>True or false.</summary>
internal sealed record BoolNode(int Position, bool Value) : TemplateNode(Position)
{
    public override string ToString() => Value ? "true" : "false";
}

/// <summary>A text.</summary>
internal sealed record StringNode(int Position, string Quoted, string Value) : TemplateNode(Position)
{
    public override string ToString() => Quoted;
}

/// <summary>A number, as whatever it can be taken.</summary>
internal sealed record NumberNode(int Position, string Text, long? Integer, ulong? Unsigned, double? Float) : TemplateNode(Position)
{
    public override string ToString() => Text;
}
