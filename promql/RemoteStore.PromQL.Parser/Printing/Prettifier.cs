using System.Runtime.CompilerServices;
using System.Text;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Printing;

/// <summary>Spells a tree on as many lines as it needs, as <c>format_query</c> does: what fits in a line stays on it.</summary>
public sealed class Prettifier
{
    /// <summary>Longest expression kept on one line by Prometheus, in bytes.</summary>
    public const int DefaultLineLimit = 100;

    private readonly StringBuilder _text = new();
    private readonly string _line;
    private readonly IReadOnlyDictionary<Expr, (int Start, int Length)> _places;
    private readonly int _limit;

    private Prettifier(Expr root, int limit)
    {
        (_line, _places) = ExprPrinter.PrintWithPlaces(root);
        _limit = limit;
    }

    /// <summary>The text of a tree. Comments of the query it was parsed from are lost.</summary>
    /// <param name="root">The tree.</param>
    /// <param name="lineLimit">Longest expression kept on one line, in bytes, indentation not counted.</param>
    public static string Print(Expr root, int lineLimit = DefaultLineLimit)
    {
        ArgumentNullException.ThrowIfNull(root);
        var prettifier = new Prettifier(root, lineLimit);
        prettifier.Write(root, 0, indented: true);
        return prettifier._text.ToString();
    }

    private void Write(Expr node, int level, bool indented)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        ReadOnlySpan<char> line = Line(node);
        bool splits = line.Length > _limit || Encoding.UTF8.GetByteCount(line) > _limit;
        switch (node)
        {
            case BinaryExpr binary when splits:
                Write(binary.Left, level + 1, indented);
                NewLine(level).Append(ExprPrinter.Head(binary)).Append('\n');
                Write(binary.Right, level + 1, indented: true);
                break;
            case AggregateExpr aggregate when splits:
                Block(ExprPrinter.Head(aggregate), aggregate.Parameter is { } parameter ? [parameter, aggregate.Operand] : [aggregate.Operand], level, indented);
                break;
            case CallExpr call when splits:
                Block(call.Function.Name, call.Arguments, level, indented);
                break;
            case ParenExpr paren when splits:
                Block("", [paren.Inner], level, indented);
                break;
            case SubqueryExpr subquery when splits:
                Write(subquery.Operand, level, indented);
                _ = _text.Append(ExprPrinter.Tail(subquery));
                break;
            case UnaryExpr unary:
                Indent(level, indented).Append(unary.IsMinus ? '-' : '+');
                Write(unary.Operand, level, indented: false);
                break;
            case SubqueryExpr:
                _ = _text.Append(line); // Prometheus does not indent a subquery that fits
                break;
            default:
                Indent(level, indented).Append(line);
                break;
        }
    }

    private ReadOnlySpan<char> Line(Expr node)
    {
        (int start, int length) = _places[node];
        return _line.AsSpan(start, length);
    }

    private void Block(string head, IReadOnlyList<Expr> nodes, int level, bool indented)
    {
        Indent(level, indented).Append(head).Append('(').Append('\n');
        for (int i = 0; i < nodes.Count; i++)
        {
            Write(nodes[i], level + 1, indented: true);
            _ = i < nodes.Count - 1 ? _text.Append(",\n") : _text;
        }

        NewLine(level).Append(')');
    }

    private StringBuilder NewLine(int level) => _text.Append('\n').Append(' ', 2 * level);

    private StringBuilder Indent(int level, bool indented) => indented ? _text.Append(' ', 2 * level) : _text;
}
