using RemoteStore.Ruler.Templates.Functions;
using RemoteStore.Ruler.Templates.Parsing;
using RemoteStore.Ruler.Templates.Values;

namespace RemoteStore.Ruler.Templates.Execution;

/// <summary>
/// Evaluates pipelines: commands, arguments, fields, methods, functions. Remembers the node that it is at, because messages show the one that was evaluated last.
/// </summary>
/// <param name="scope">The expansion.</param>
/// <param name="variables">Variables in force.</param>
/// <param name="missingKey">What a map gives for a name that is not in it.</param>
/// <param name="error">Makes an error at a node.</param>
internal sealed class PipelineEvaluator(
    FunctionScope scope, VariableStack variables, MissingKey missingKey, Func<TemplateNode, string, TemplateFailedException> error)
{
    /// <summary>Says that no value comes from the command before.</summary>
    private static readonly object s_none = new();

    /// <summary>Where the evaluation is.</summary>
    public required TemplateNode Node { get; set; }

    /// <summary>The value of a pipeline; sets the variables that it declares.</summary>
    public async ValueTask<object?> PipelineAsync(PipeNode pipe, object? dot)
    {
        Node = pipe;
        object? value = s_none;
        foreach (CommandNode command in pipe.Commands)
        {
            scope.Budget.Step();
            value = await CommandAsync(command, dot, value).ConfigureAwait(false);
        }

        foreach (VariableNode variable in pipe.Variables)
        {
            if (!pipe.IsAssignment)
            {
                variables.Push(variable.Name, value);
            }
            else if (!variables.TrySet(variable.Name, value))
            {
                throw Error($"undefined variable: {variable.Name}");
            }
        }

        return value;
    }

    private async ValueTask<object?> CommandAsync(CommandNode command, object? dot, object? final)
    {
        TemplateNode first = command.Arguments[0];
        switch (first)
        {
            case FieldNode field:
                Node = field;
                return await ChainAsync(dot, dot, field, field.Fields, command.Arguments, final).ConfigureAwait(false);
            case ChainNode chain:
                return await ChainAsync(dot, chain, command.Arguments, final).ConfigureAwait(false);
            case IdentifierNode function:
                Node = function;
                return await FunctionAsync(function, command, command.Arguments, dot, final).ConfigureAwait(false);
            case PipeNode pipe:
                RefuseArguments(command.Arguments, final);
                return await PipelineAsync(pipe, dot).ConfigureAwait(false);
            case VariableNode variable:
                return await VariableAsync(dot, variable, command.Arguments, final).ConfigureAwait(false);
            default:
                Node = first;
                RefuseArguments(command.Arguments, final);
                return first is NilNode ? throw Error("nil is not a command") : Constant(first, dot);
        }
    }

    private object? Constant(TemplateNode node, object? dot) => node switch
    {
        BoolNode flag => flag.Value,
        DotNode => dot,
        StringNode text => text.Value,
        NumberNode number => Number(number),
        _ => throw Error($"can't handle assignment of {node} to empty interface argument"),
    };

    /// <summary>A number without a type of its own: a float when it is written as one, else an integer.</summary>
    private object Number(NumberNode number)
    {
        bool isHex = number.Text.Length > 2 && number.Text[0] == '0' && number.Text[1] is 'x' or 'X' && !number.Text.AsSpan().ContainsAny('p', 'P');
        bool isRune = number.Text[0] == '\'';
        if (number.Float is { } real && !isHex && !isRune && number.Text.AsSpan().IndexOfAny(".eEpP") >= 0)
        {
            return real;
        }

        return number.Integer is { } integer ? integer : throw Error($"{number.Text} overflows int");
    }

    private async ValueTask<object?> ChainAsync(object? dot, ChainNode chain, List<TemplateNode> arguments, object? final)
    {
        Node = chain;
        if (chain.Operand is NilNode)
        {
            throw Error($"indirection through explicit nil in {chain}");
        }

        object? receiver = await ArgumentAsync(dot, GoKind.Any, chain.Operand).ConfigureAwait(false);
        return await ChainAsync(dot, receiver, chain, chain.Fields, arguments, final).ConfigureAwait(false);
    }

    private async ValueTask<object?> VariableAsync(object? dot, VariableNode variable, List<TemplateNode> arguments, object? final)
    {
        Node = variable;
        if (!variables.TryGet(variable.Name, out object? value))
        {
            throw Error($"undefined variable: {variable.Name}");
        }

        if (variable.Fields.Count == 0)
        {
            RefuseArguments(arguments, final);
            return value;
        }

        return await ChainAsync(dot, value, variable, variable.Fields, arguments, final).ConfigureAwait(false);
    }

    /// <summary>Fields one after the other; only the last may have arguments.</summary>
    private async ValueTask<object?> ChainAsync(
        object? dot, object? receiver, TemplateNode node, IReadOnlyList<string> fields, List<TemplateNode> arguments, object? final)
    {
        for (int i = 0; i < fields.Count - 1; i++)
        {
            receiver = await FieldAsync(dot, receiver, node, fields[i], [], s_none).ConfigureAwait(false);
        }

        return await FieldAsync(dot, receiver, node, fields[^1], arguments, final).ConfigureAwait(false);
    }

    private async ValueTask<object?> FieldAsync(object? dot, object? receiver, TemplateNode node, string name, List<TemplateNode> arguments, object? final)
    {
        bool hasArguments = arguments.Count > 1 || final != s_none;
        switch (receiver)
        {
            case null:
                return missingKey == MissingKey.Error ? throw Error($"nil data; no entry for key {PromQL.Parser.Lexing.GoText.Quote(name)}") : null;
            case IGoObject one when one.Method(name) is { } method:
                object?[] values = await ArgumentsAsync(dot, name, method.Parameters, isVariadic: false, arguments, final).ConfigureAwait(false);
                Node = node;
                return Checked(method.Call(values));
            case IGoObject one when one.TryField(name, out object? value):
                return hasArguments ? throw Error($"{name} has arguments but cannot be invoked as function") : value;
            case GoMap when hasArguments:
                throw Error($"{name} is not a method but has arguments");
            case GoMap map:
                return map.Entries.TryGetValue(name, out object? held) ? held
                    : missingKey == MissingKey.Error ? throw Error($"map has no entry for key {PromQL.Parser.Lexing.GoText.Quote(name)}")
                    : missingKey == MissingKey.Zero ? map.Zero
                    : null;
            default:
                throw Error($"can't evaluate field {name} in type {GoValues.TypeName(receiver)}");
        }
    }

    private async ValueTask<object?> FunctionAsync(IdentifierNode identifier, TemplateNode node, List<TemplateNode> arguments, object? dot, object? final)
    {
        TemplateFunction function = FunctionTable.Get(identifier.Name);
        if (function.Name is "and" or "or")
        {
            return await ShortCircuitAsync(function, arguments, dot, final).ConfigureAwait(false);
        }

        object?[] values = await ArgumentsAsync(dot, function.Name, function.Parameters, function.IsVariadic, arguments, final).ConfigureAwait(false);
        try
        {
            return Checked(await function.Call(values, scope).ConfigureAwait(false));
        }
        catch (TemplateFailedException e)
        {
            Node = node;
            throw Error($"error calling {function.Name}: {e.Message}");
        }
    }

    /// <summary><c>and</c> and <c>or</c> evaluate no more arguments than they need.</summary>
    private async ValueTask<object?> ShortCircuitAsync(TemplateFunction function, List<TemplateNode> arguments, object? dot, object? final)
    {
        CheckCount(function.Name, function.Parameters.Count, function.IsVariadic, arguments, final);
        object? value = null;
        for (int i = 1; i < arguments.Count; i++)
        {
            value = await ArgumentAsync(dot, GoKind.Any, arguments[i]).ConfigureAwait(false);
            if (GoValues.IsTrue(value) == (function.Name == "or"))
            {
                return value;
            }
        }

        return final == s_none ? value : final;
    }

    private void CheckCount(string name, int parameters, bool isVariadic, List<TemplateNode> arguments, object? final)
    {
        int written = Math.Max(0, arguments.Count - 1);
        int given = written + (final == s_none ? 0 : 1);
        if (isVariadic ? given < parameters - 1 : given != parameters)
        {
            throw Error(isVariadic
                ? FormattableString.Invariant($"wrong number of args for {name}: want at least {parameters - 1} got {written}")
                : FormattableString.Invariant($"wrong number of args for {name}: want {parameters} got {given}"));
        }
    }

    private async ValueTask<object?[]> ArgumentsAsync(
        object? dot, string name, IReadOnlyList<GoKind> parameters, bool isVariadic, List<TemplateNode> arguments, object? final)
    {
        CheckCount(name, parameters.Count, isVariadic, arguments, final);
        int written = Math.Max(0, arguments.Count - 1);
        object?[] values = new object?[written + (final == s_none ? 0 : 1)];
        for (int i = 0; i < written; i++)
        {
            values[i] = await ArgumentAsync(dot, parameters[Math.Min(i, parameters.Count - 1)], arguments[i + 1]).ConfigureAwait(false);
        }

        if (final != s_none)
        {
            values[written] = Fit(final, parameters[Math.Min(written, parameters.Count - 1)]);
        }

        return values;
    }

    private async ValueTask<object?> ArgumentAsync(object? dot, GoKind kind, TemplateNode node)
    {
        scope.Budget.Step();
        Node = node;
        switch (node)
        {
            case DotNode:
                return Fit(dot, kind);
            case NilNode:
                return GoValues.CanBeNil(kind) ? null : throw Error($"cannot assign nil to {GoValues.TypeName(kind)}");
            case FieldNode field:
                return Fit(await ChainAsync(dot, dot, field, field.Fields, [node], s_none).ConfigureAwait(false), kind);
            case VariableNode variable:
                return Fit(await VariableAsync(dot, variable, [], s_none).ConfigureAwait(false), kind);
            case PipeNode pipe:
                return Fit(await PipelineAsync(pipe, dot).ConfigureAwait(false), kind);
            case IdentifierNode function:
                return Fit(await FunctionAsync(function, function, [], dot, s_none).ConfigureAwait(false), kind);
            case ChainNode chain:
                return Fit(await ChainAsync(dot, chain, [], s_none).ConfigureAwait(false), kind);
            default:
                return Literal(node, kind, dot);
        }
    }

    /// <summary>A constant as the type that is asked for: unlike a value, a number is whatever it can be.</summary>
    private object? Literal(TemplateNode node, GoKind kind, object? dot) => (kind, node) switch
    {
        (GoKind.Any, _) => Constant(node, dot),
        (GoKind.Text, StringNode text) => text.Value,
        (GoKind.Text, _) => throw Error($"expected string; found {node}"),
        (GoKind.Bool, BoolNode flag) => flag.Value,
        (GoKind.Bool, _) => throw Error($"expected bool; found {node}"),
        (GoKind.Float, NumberNode { Float: { } real }) => real,
        (GoKind.Float, _) => throw Error($"expected float; found {node}"),
        (GoKind.Int, NumberNode { Integer: { } integer }) => integer,
        (GoKind.Duration, NumberNode { Integer: { } nanoseconds }) => new GoDuration(nanoseconds),
        (GoKind.Int or GoKind.Duration, _) => throw Error($"expected integer; found {node}"),
        _ => throw Error($"can't handle {node} for arg of type {GoValues.TypeName(kind)}"),
    };

    private object? Fit(object? value, GoKind kind)
    {
        if (value is null)
        {
            return GoValues.CanBeNil(kind) ? null : throw Error($"invalid value; expected {GoValues.TypeName(kind)}");
        }

        return GoValues.Fits(value, kind) ? value
            : throw Error($"wrong type for value; expected {GoValues.TypeName(kind)}; got {GoValues.TypeName(value)}");
    }

    private void RefuseArguments(List<TemplateNode> arguments, object? final)
    {
        if (arguments.Count > 1 || final != s_none)
        {
            throw Error($"can't give argument to non-function {arguments[0]}");
        }
    }

    private object? Checked(object? value)
    {
        if (value is string text)
        {
            if (text.Length > TemplateBudget.MaxTextLength)
            {
                throw TemplateBudget.TooLong();
            }

            scope.Budget.Produce(text.Length);
        }

        return value;
    }

    private TemplateFailedException Error(string message) => error(Node, message);
}
