using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Printing;

/// <summary>Spells a tree on one line. Parsing the text gives the same tree.</summary>
internal sealed class ExprPrinter
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<Expr, (int Start, int Length)>? _places;

    private ExprPrinter(bool remembersPlaces) => _places = remembersPlaces ? new(ReferenceEqualityComparer.Instance) : null;

    /// <summary>The text of a tree.</summary>
    public static string Print(Expr node)
    {
        var printer = new ExprPrinter(remembersPlaces: false);
        printer.Write(node);
        return printer._text.ToString();
    }

    /// <summary>The text of a tree and where in it each node stands.</summary>
    public static (string Text, IReadOnlyDictionary<Expr, (int Start, int Length)> Places) PrintWithPlaces(Expr node)
    {
        var printer = new ExprPrinter(remembersPlaces: true);
        printer.Write(node);
        return (printer._text.ToString(), printer._places!);
    }

    /// <summary>An aggregation up to its parenthesis: <c>sum by (a) </c>.</summary>
    public static string Head(AggregateExpr node) =>
        node.Without ? $"{node.Op.Name()} without ({Names(node.Grouping)}) "
        : node.Grouping.Count > 0 ? $"{node.Op.Name()} by ({Names(node.Grouping)}) "
        : node.Op.Name();

    /// <summary>A binary operator with its modifiers: <c>== bool on (a)</c>.</summary>
    public static string Head(BinaryExpr node)
    {
        var text = new StringBuilder(node.Op.Symbol()).Append(node.ReturnBool ? " bool" : "");
        if (node.Matching is not { } matching)
        {
            return text.ToString();
        }

        bool grouped = matching.Cardinality is MatchCardinality.ManyToOne or MatchCardinality.OneToMany;
        if (matching.On || matching.Labels.Count > 0 || grouped)
        {
            _ = text.Append(matching.On ? " on (" : " ignoring (").Append(Names(matching.Labels)).Append(')');
        }

        if (grouped)
        {
            _ = text.Append(matching.Cardinality == MatchCardinality.ManyToOne ? " group_left (" : " group_right (").Append(Names(matching.Include)).Append(')');
        }

        (double? left, double? right) = (matching.FillLeft, matching.FillRight);
        if (left is { } both && right is { } other && both.Equals(other))
        {
            return text.Append(" fill (").Append(NumberText.General(both)).Append(')').ToString();
        }

        _ = left is { } l ? text.Append(" fill_left (").Append(NumberText.General(l)).Append(')') : text;
        _ = right is { } r ? text.Append(" fill_right (").Append(NumberText.General(r)).Append(')') : text;
        return text.ToString();
    }

    /// <summary>What follows the expression of a subquery.</summary>
    public static string Tail(SubqueryExpr node)
    {
        string range = node.RangeExpr is { } rangeExpr ? Print(rangeExpr) : NumberText.Duration(node.RangeMs);
        string step = node.StepExpr is { } stepExpr ? Print(stepExpr) : node.StepMs == 0 ? "" : NumberText.Duration(node.StepMs);
        return $"[{range}:{step}]{Modifiers(node.Modifiers)}";
    }

    private void Write(Expr node)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        int start = _text.Length;
        switch (node)
        {
            case NumberLiteral number:
                Number(number);
                break;
            case StringLiteral text:
                _ = _text.Append(Quote(text.Utf8.Span));
                break;
            case ParenExpr paren:
                Wrap("(", paren.Inner, ")");
                break;
            case UnaryExpr unary:
                Wrap(unary.IsMinus ? "-" : "+", unary.Operand, "");
                break;
            case BinaryExpr binary:
                Write(binary.Left);
                _ = _text.Append(' ').Append(Head(binary)).Append(' ');
                Write(binary.Right);
                break;
            case AggregateExpr aggregate:
                _ = _text.Append(Head(aggregate)).Append('(');
                List(aggregate.Parameter is { } parameter ? [parameter, aggregate.Operand] : [aggregate.Operand]);
                _ = _text.Append(')');
                break;
            case CallExpr call:
                _ = _text.Append(call.Function.Name).Append('(');
                List(call.Arguments);
                _ = _text.Append(')');
                break;
            case VectorSelector selector:
                Selector(selector);
                _ = _text.Append(Extension(selector)).Append(Modifiers(selector.Modifiers));
                break;
            case MatrixSelector matrix:
                Matrix(matrix);
                break;
            case SubqueryExpr subquery:
                Wrap("", subquery.Operand, Tail(subquery));
                break;
            case DurationExpr duration:
                Duration(duration);
                break;
            default:
                throw new ArgumentException($"unknown node {node.GetType().Name}", nameof(node));
        }

        _ = _places?.TryAdd(node, (start, _text.Length - start));
    }

    private void Wrap(string before, Expr inner, string after)
    {
        _ = _text.Append(before);
        Write(inner);
        _ = _text.Append(after);
    }

    private void List(IReadOnlyList<Expr> nodes)
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            Wrap(i == 0 ? "" : ", ", nodes[i], "");
        }
    }

    private void Number(NumberLiteral number)
    {
        if (!number.IsDuration)
        {
            _ = _text.Append(NumberText.Plain(number.Value));
            return;
        }

        long milliseconds = DurationMilliseconds(Math.Abs(number.Value));
        _ = _text.Append(number.Value < 0 ? "-" : "").Append(NumberText.Duration(milliseconds));
    }

    private static long DurationMilliseconds(double seconds) => (long)Math.Round(seconds * 1e3, MidpointRounding.AwayFromZero);

    private void Selector(VectorSelector selector)
    {
        List<string> matchers = [.. selector.Matchers.Where(m => !IsName(m, selector.Name)).Select(static m => m.ToString())];
        matchers.Sort(StringComparer.Ordinal);
        _ = _text.Append(selector.Name);
        if (matchers.Count > 0 || selector.Name.Length == 0)
        {
            _ = _text.Append('{').AppendJoin(',', matchers).Append('}');
        }
    }

    private static bool IsName(LabelMatcher matcher, string name) =>
        matcher.Type == MatchType.Equal && matcher.Name == LabelSet.MetricName && matcher.Value == name && name.Length > 0;

    private static string Extension(VectorSelector selector) => selector.Anchored ? " anchored" : selector.Smoothed ? " smoothed" : "";

    private void Matrix(MatrixSelector matrix)
    {
        Selector(matrix.Selector);
        _ = _text.Append('[');
        if (matrix.RangeExpr is { } range)
        {
            Write(range);
        }
        else
        {
            _ = _text.Append(NumberText.Duration(matrix.RangeMs));
        }

        _ = _text.Append(']').Append(Extension(matrix.Selector)).Append(Modifiers(matrix.Selector.Modifiers));
    }

    private static string Modifiers(SelectorModifiers modifiers)
    {
        string at = modifiers.At.Kind switch
        {
            AtKind.Timestamp => string.Create(CultureInfo.InvariantCulture, $" @ {modifiers.At.TimestampMs / 1000m:F3}"),
            AtKind.Start => " @ start()",
            AtKind.End => " @ end()",
            _ => "",
        };
        string offset = modifiers.OffsetExpr is { } expr ? " offset " + Print(expr)
            : modifiers.OffsetMs > 0 ? " offset " + NumberText.Duration(modifiers.OffsetMs)
            : modifiers.OffsetMs < 0 ? " offset -" + NumberText.Duration(-modifiers.OffsetMs)
            : "";
        return at + offset;
    }

    private void Duration(DurationExpr node)
    {
        _ = _text.Append(node.Wrapped ? "(" : "");
        switch (node.Op)
        {
            case DurationOperator.Step:
                _ = _text.Append("step()");
                break;
            case DurationOperator.Range:
                _ = _text.Append("range()");
                break;
            case DurationOperator.MinOf or DurationOperator.MaxOf:
                _ = _text.Append(node.Op == DurationOperator.MinOf ? "min_of(" : "max_of(");
                List([node.Left!, node.Right!]);
                _ = _text.Append(')');
                break;
            default:
                string symbol = ((BinaryOperator)node.Op).Symbol();
                if (node.Left is null)
                {
                    Wrap(node.Op == DurationOperator.Subtract ? "-" : "", node.Right!, "");
                }
                else
                {
                    Wrap("", node.Left, $" {symbol} ");
                    Write(node.Right!);
                }

                break;
        }

        _ = _text.Append(node.Wrapped ? ")" : "");
    }

    private static string Names(IEnumerable<string> labels) => string.Join(", ", labels.Select(static l =>
        LabelNames.IsValidMetricName(Encoding.UTF8.GetBytes(l), NameScheme.Legacy) ? l : GoText.Quote(l)));

    private static string Quote(ReadOnlySpan<byte> utf8)
    {
        var text = new StringBuilder("\"");
        while (!utf8.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(utf8, out Rune rune, out int length) == System.Buffers.OperationStatus.Done)
            {
                string quoted = GoText.Quote(rune.ToString());
                _ = text.Append(quoted.AsSpan(1, quoted.Length - 2));
            }
            else
            {
                length = 1;
                _ = text.Append(CultureInfo.InvariantCulture, $"\\x{utf8[0]:x2}");
            }

            utf8 = utf8[length..];
        }

        return text.Append('"').ToString();
    }
}
