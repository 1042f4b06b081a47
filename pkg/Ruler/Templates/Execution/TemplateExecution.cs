using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using RemoteStore.Ruler.Templates.Functions;
using RemoteStore.Ruler.Templates.Parsing;
using RemoteStore.Ruler.Templates.Printing;
using RemoteStore.Ruler.Templates.Values;

namespace RemoteStore.Ruler.Templates.Execution;

/// <summary>One expansion of a template: walks its nodes and puts out text, with the rules and messages of Go's text/template. For one use.</summary>
internal sealed class TemplateExecution
{
    private readonly GoTemplate _template;
    private readonly TemplateContext _context;
    private readonly TemplateBudget _budget = new();
    private readonly CancellationToken _cancellationToken;
    private readonly FunctionScope _scope;
    private StringBuilder _output = new();
    private VariableStack _variables = new(null);
    private string _name;
    private int _depth;

    public TemplateExecution(GoTemplate template, TemplateContext context, CancellationToken cancellationToken)
    {
        _template = template;
        _context = context;
        _cancellationToken = cancellationToken;
        _name = template.Name;
        _scope = new FunctionScope(context, _budget, ExpandAsync, cancellationToken);
    }

    /// <summary>How a list was left.</summary>
    private enum Exit
    {
        AtEnd,
        Break,
        Continue,
    }

    /// <summary>Expands the template.</summary>
    /// <param name="data">The dot.</param>
    /// <exception cref="TemplateFailedException">It goes no further; the message says where.</exception>
    public async ValueTask<string> RunAsync(object? data)
    {
        await CallAsync(_template.Name, data).ConfigureAwait(false);
        return _output.ToString();
    }

    /// <summary>Expands one of the templates to a text of its own.</summary>
    private async ValueTask<string> ExpandAsync(string name, object? data)
    {
        if (!_template.Templates.ContainsKey(name))
        {
            throw new TemplateFailedException($"html/template: {PromQL.Parser.Lexing.GoText.Quote(name)} is undefined");
        }

        StringBuilder outer = _output;
        _output = new StringBuilder();
        await CallAsync(name, data).ConfigureAwait(false);
        string text = _output.ToString();
        _output = outer;
        _budget.Produce(text.Length);
        return text;
    }

    private async ValueTask CallAsync(string name, object? data)
    {
        (VariableStack variables, string outer) = (_variables, _name);
        _variables = new VariableStack(data);
        _name = name;
        _depth++;
        await WalkAsync(_template.Templates[name], data).ConfigureAwait(false);
        _depth--;
        (_variables, _name) = (variables, outer);
    }

    private async ValueTask<Exit> WalkAsync(ListNode list, object? dot)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (TemplateNode node in list.Nodes)
        {
            _budget.Step();
            Exit exit = Exit.AtEnd;
            switch (node)
            {
                case TextNode text:
                    Put(text.Text);
                    break;
                case ActionNode action:
                    object? value = await Evaluator(action).PipelineAsync(action.Pipe, dot).ConfigureAwait(false);
                    if (action.Pipe.Variables.Count == 0)
                    {
                        Put(Shown(action, value));
                    }

                    break;
                case LeaveNode leave:
                    exit = leave.IsBreak ? Exit.Break : Exit.Continue;
                    break;
                case BranchNode { Kind: BranchKind.Range } range:
                    exit = await RangeAsync(range, dot).ConfigureAwait(false);
                    break;
                case BranchNode branch:
                    exit = await BranchAsync(branch, dot).ConfigureAwait(false);
                    break;
                case TemplateCallNode call:
                    await CallAsync(call, dot).ConfigureAwait(false);
                    break;
                default:
                    throw new InvalidOperationException($"a list of a template holds a {node.GetType().Name}");
            }

            if (exit != Exit.AtEnd)
            {
                return exit;
            }
        }

        return Exit.AtEnd;
    }

    private async ValueTask<Exit> BranchAsync(BranchNode branch, object? dot)
    {
        int mark = _variables.Mark;
        object? value = await Evaluator(branch).PipelineAsync(branch.Pipe, dot).ConfigureAwait(false);
        Exit exit = GoValues.IsTrue(value)
            ? await WalkAsync(branch.Body, branch.Kind == BranchKind.With ? value : dot).ConfigureAwait(false)
            : await ElseAsync(branch, dot).ConfigureAwait(false);
        _variables.Pop(mark);
        return exit;
    }

    private ValueTask<Exit> ElseAsync(BranchNode branch, object? dot) =>
        branch.Else is null ? ValueTask.FromResult(Exit.AtEnd) : WalkAsync(branch.Else, dot);

    private async ValueTask<Exit> RangeAsync(BranchNode range, object? dot)
    {
        int outer = _variables.Mark;
        PipelineEvaluator evaluator = Evaluator(range);
        object? value = await evaluator.PipelineAsync(range.Pipe, dot).ConfigureAwait(false);
        int mark = _variables.Mark;
        bool any = false;
        foreach ((object? index, object? element) in Elements(range, value, evaluator.Node))
        {
            any = true;
            _budget.Step();
            SetRangeVariables(range.Pipe, range, index, element);
            Exit exit = await WalkAsync(range.Body, element).ConfigureAwait(false);
            _variables.Pop(mark);
            if (exit == Exit.Break)
            {
                break;
            }
        }

        Exit atEnd = any ? Exit.AtEnd : await ElseAsync(range, dot).ConfigureAwait(false);
        _variables.Pop(outer);
        return atEnd;
    }

    private IEnumerable<(object? Index, object? Element)> Elements(BranchNode range, object? value, TemplateNode at)
    {
        switch (value)
        {
            case null:
                return [];
            case GoList list:
                return list.Items.Select(static (item, index) => ((object?)(long)index, item));
            case GoMap map:
                return map.Ordered.Select(static entry => ((object?)entry.Key, entry.Value));
            case long or ulong when range.Pipe.Variables.Count > 1:
                throw Error(at, $"can't use {GoFormatter.Print(value)} to iterate over more than one variable");
            case long count:
                return Numbers(count);
            case ulong count:
                return Numbers((long)Math.Min(count, long.MaxValue));
            default:
                throw Error(at, $"range can't iterate over {GoFormatter.Print(value)}");
        }
    }

    private static IEnumerable<(object? Index, object? Element)> Numbers(long count)
    {
        for (long i = 0; i < count; i++)
        {
            yield return (i, i);
        }
    }

    /// <summary>The pipeline has set its variables to what is ranged over; they are index and element from here on.</summary>
    private void SetRangeVariables(PipeNode pipe, BranchNode range, object? index, object? element)
    {
        if (pipe.Variables.Count == 0)
        {
            return;
        }

        if (!pipe.IsAssignment)
        {
            _variables.SetTop(1, element);
            if (pipe.Variables.Count > 1)
            {
                _variables.SetTop(2, index);
            }

            return;
        }

        bool both = pipe.Variables.Count > 1;
        Assign(pipe.Variables[0], both ? index : element);
        if (both)
        {
            Assign(pipe.Variables[1], element);
        }

        void Assign(VariableNode variable, object? value)
        {
            if (!_variables.TrySet(variable.Name, value))
            {
                throw Error(range, $"undefined variable: {variable.Name}");
            }
        }
    }

    private async ValueTask CallAsync(TemplateCallNode call, object? dot)
    {
        if (!_template.Templates.ContainsKey(call.Name))
        {
            throw Error(call, $"template {PromQL.Parser.Lexing.GoText.Quote(call.Name)} not defined");
        }

        if (_depth > TemplateBudget.MaxCallDepth)
        {
            throw Error(call, string.Create(CultureInfo.InvariantCulture, $"exceeded maximum template depth ({TemplateBudget.MaxCallDepth})"));
        }

        int mark = _variables.Mark;
        object? data = call.Pipe is null ? null : await Evaluator(call).PipelineAsync(call.Pipe, dot).ConfigureAwait(false);
        await CallAsync(call.Name, data).ConfigureAwait(false);
        _variables.Pop(mark);
    }

    private PipelineEvaluator Evaluator(TemplateNode at) => new(_scope, _variables, _context.MissingKey, Error) { Node = at };

    private string Shown(ActionNode action, object? value)
    {
        string text;
        try
        {
            // What is pointed at is put out, where printing functions show that it is.
            object? shown = value is GoStruct { IsPointer: true } one ? one with { IsPointer = false } : value;
            text = shown is null ? (_context.Html ? "" : "<no value>") : GoFormatter.Print(shown);
        }
        catch (TemplateFailedException e)
        {
            throw Error(action, e.Message);
        }

        return _context.Html && value is not SafeHtml ? Escaping.Html(text) : text;
    }

    private void Put(string text)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        if (_output.Length + text.Length > TemplateBudget.MaxTextLength)
        {
            throw TemplateBudget.TooLong();
        }

        _output.Append(text);
    }

    /// <summary>An error with its place, as Go words it.</summary>
    private TemplateFailedException Error(TemplateNode node, string message)
    {
        ReadOnlySpan<char> before = _template.Text.AsSpan(0, Math.Min(node.Position, _template.Text.Length));
        int line = before.Count('\n') + 1;
        int column = Encoding.UTF8.GetByteCount(before[(before.LastIndexOf('\n') + 1)..]);
        string name = PromQL.Parser.Lexing.GoText.Quote(_name);
        return new TemplateFailedException(string.Create(
            CultureInfo.InvariantCulture, $"template: {_template.Name}:{line}:{column}: executing {name} at <{node}>: {message}"));
    }
}
