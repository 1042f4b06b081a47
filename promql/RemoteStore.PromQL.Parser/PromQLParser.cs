using System.Diagnostics.CodeAnalysis;
using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser.Building;
using RemoteStore.PromQL.Parser.Diagnosis;
using RemoteStore.PromQL.Parser.Grammar;
using RemoteStore.PromQL.Parser.Lalr;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Syntax;
using Sprache;

namespace RemoteStore.PromQL.Parser;

/// <summary>
/// Parses PromQL as of Prometheus 3.14: text to tokens, tokens to a tree, a check of the tree's types. Any text ends in a tree or in faults; none throws, needs
/// more than linear time, or overflows the stack. Safe for concurrent use.
/// </summary>
public static class PromQLParser
{
    /// <summary>Parses a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="expression">Its tree when true is returned.</param>
    /// <param name="faults">All that is wrong when false is returned; the first is what Prometheus reports.</param>
    /// <param name="options">What is accepted; null: <see cref="ParserOptions.Default"/>.</param>
    public static bool TryParse(
        string query,
        [NotNullWhen(true)] out Expr? expression,
        [NotNullWhen(false)] out IReadOnlyList<ParseFault>? faults,
        ParserOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        options ??= ParserOptions.Default;
        if (query.Length > options.MaxLengthBytes)
        {
            expression = null;
            faults = [new ParseFault(default, 1, 1, Tokens.TooLong(options))];
            return false;
        }

        return TryParse(Encoding.UTF8.GetBytes(query), out expression, out faults, options);
    }

    /// <summary>Parses a query given as bytes.</summary>
    /// <param name="utf8">The query; what is not UTF-8 is a fault outside of comments. Must not change while the tree is in use.</param>
    /// <param name="expression">Its tree when true is returned.</param>
    /// <param name="faults">All that is wrong when false is returned; the first is what Prometheus reports.</param>
    /// <param name="options">What is accepted; null: <see cref="ParserOptions.Default"/>.</param>
    public static bool TryParse(
        ReadOnlyMemory<byte> utf8,
        [NotNullWhen(true)] out Expr? expression,
        [NotNullWhen(false)] out IReadOnlyList<ParseFault>? faults,
        ParserOptions? options = null)
    {
        options ??= ParserOptions.Default;
        var context = new ParseContext(utf8, options);
        var tokens = Tokens.Cut(utf8, seriesDescription: false, options);
        expression = Parse(tokens, PromQLGrammar.Query, ItemKind.StartExpression, ref context);
        if (expression is not null && !context.HasFaults)
        {
            new TypeChecker(context).Check(expression);
        }

        faults = context.HasFaults ? context.Faults() : null;
        expression = faults is null ? expression : null;
        return faults is null && expression is not null;
    }

    /// <summary>Parses a selector without range and modifiers, as <c>match[]</c> takes it.</summary>
    /// <param name="text">The text.</param>
    /// <param name="matchers">The matchers when true is returned, that of a name before the braces last; all of them may match the empty value.</param>
    /// <param name="faults">All that is wrong when false is returned; the first is what Prometheus reports.</param>
    public static bool TryParseMatchers(
        string text, [NotNullWhen(true)] out IReadOnlyList<LabelMatcher>? matchers, [NotNullWhen(false)] out IReadOnlyList<ParseFault>? faults)
    {
        ArgumentNullException.ThrowIfNull(text);
        matchers = null;
        var context = new ParseContext(Encoding.UTF8.GetBytes(text), ParserOptions.Default);
        var tokens = Tokens.Cut(context.Source, seriesDescription: false, context.Options);
        var selector = Parse(tokens, SelectorGrammar.Alone, ItemKind.StartMetricSelector, ref context) as VectorSelector;
        if (context.HasFaults)
        {
            faults = context.Faults();
            return false;
        }

        // Text that ends before it begins is refused without a fault of its own.
        faults = selector is null ? [new ParseFault(default, 0, 0, "no expression found in input")] : null;
        matchers = selector?.Matchers;
        return selector is not null;
    }

    /// <summary>The selectors of a tree, in the order they are written.</summary>
    public static IReadOnlyList<VectorSelector> Selectors(Expr root)
    {
        ArgumentNullException.ThrowIfNull(root);
        var found = new List<VectorSelector>();
        var open = new Stack<Expr>([root]);
        while (open.TryPop(out Expr? node))
        {
            if (node is VectorSelector selector)
            {
                found.Add(selector);
            }

            foreach (Expr child in node.Children().Reverse())
            {
                open.Push(child);
            }
        }

        return found;
    }

    /// <summary>The grammar parses; what it does not take, or takes with faults, is parsed again to say why.</summary>
    private static Expr? Parse(Tokens tokens, Parser<Expr> grammar, ItemKind start, ref ParseContext context)
    {
        if (tokens.Refusal is var (position, message))
        {
            context.Fault(position, message);
            return null;
        }

        if (tokens.Items[^1].Kind == ItemKind.Eof)
        {
            IResult<Expr> result = grammar(TokenInput.Over(tokens.Items, context));
            if (result.WasSuccessful && !context.HasFaults)
            {
                return result.Value;
            }
        }

        context = new ParseContext(context.Source, context.Options);
        new LalrParser(DiagnosisGrammar.Table, context, tokens, start).Run();
        return context.Result as Expr;
    }
}
