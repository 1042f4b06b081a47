using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Planning.Optimising;

/// <summary>Numbers expressions so that two have the same number when they mean the same: parentheses, places and the order of matchers do not count.</summary>
internal sealed class ValueNumbers
{
    private readonly Dictionary<Expr, int> _numbers = [];
    private readonly Dictionary<string, int> _byShape = new(StringComparer.Ordinal);

    /// <summary>Offset and <c>@</c> as a text that is equal when they are.</summary>
    public static string Describe(SelectorModifiers modifiers) =>
        string.Create(CultureInfo.InvariantCulture, $"{modifiers.OffsetMs}|{modifiers.OffsetExpr}|{modifiers.At.Kind}|{modifiers.At.TimestampMs}");

    /// <summary>Range, step, offset and <c>@</c> of a subquery as a text that is equal when they are.</summary>
    public static string Describe(SubqueryExpr subquery) => string.Create(
        CultureInfo.InvariantCulture, $"{subquery.RangeMs}|{subquery.RangeExpr}|{subquery.StepMs}|{subquery.StepExpr}|{Describe(subquery.Modifiers)}");

    /// <summary>Number of an expression.</summary>
    /// <exception cref="InsufficientExecutionStackException">The tree is too deep.</exception>
    public int Of(Expr expression)
    {
        expression = Planner.Unwrap(expression);
        if (_numbers.TryGetValue(expression, out int known))
        {
            return known;
        }

        RuntimeHelpers.EnsureSufficientExecutionStack();
        int number = OfShape(Shape(expression));
        _numbers.Add(expression, number);
        return number;
    }

    /// <summary>Number of a text; equal texts have the same.</summary>
    public int OfShape(string shape)
    {
        if (!_byShape.TryGetValue(shape, out int number))
        {
            number = _byShape.Count;
            _byShape.Add(shape, number);
        }

        return number;
    }

    /// <summary>What an expression is, its children named by their numbers. Texts are quoted by their length, so that no two shapes run together.</summary>
    private string Shape(Expr expression)
    {
        var shape = new StringBuilder(expression.GetType().Name);
        switch (expression)
        {
            case NumberLiteral number:
                Add(shape, BitConverter.DoubleToInt64Bits(number.Value));
                break;
            case StringLiteral text:
                Add(shape, Convert.ToHexString(text.Utf8.Span));
                break;
            case VectorSelector selector:
                Add(shape, string.Join(',', selector.Matchers.Select(static m => m.ToString()).Distinct().Order(StringComparer.Ordinal)));
                Add(shape, Describe(selector.Modifiers));
                Add(shape, (selector.Anchored ? 1 : 0) + (selector.Smoothed ? 2 : 0));
                break;
            case MatrixSelector matrix:
                Add(shape, Of(matrix.Selector));
                Add(shape, matrix.RangeMs);
                Add(shape, matrix.RangeExpr?.ToString() ?? "");
                break;
            case SubqueryExpr subquery:
                Add(shape, Of(subquery.Operand));
                Add(shape, Describe(subquery));
                break;
            case UnaryExpr unary:
                Add(shape, unary.IsMinus ? 1 : 0);
                Add(shape, Of(unary.Operand));
                break;
            case AggregateExpr aggregate:
                Add(shape, aggregate.Op.Name());
                Add(shape, aggregate.Parameter is null ? -1 : Of(aggregate.Parameter));
                Add(shape, Of(aggregate.Operand));
                Add(shape, aggregate.Without ? 1 : 0);
                AddAll(shape, aggregate.Grouping);
                break;
            case BinaryExpr binary:
                Add(shape, binary.Op.Symbol());
                Add(shape, Of(binary.Left));
                Add(shape, Of(binary.Right));
                Add(shape, binary.ReturnBool ? 1 : 0);
                Add(shape, binary.Matching ?? VectorMatching.Default);
                break;
            case CallExpr call:
                Add(shape, call.Function.Name);
                foreach (Expr argument in call.Arguments)
                {
                    Add(shape, Of(argument));
                }

                break;
            default:
                Add(shape, _numbers.Count); // of a kind that is not known: equal to nothing
                break;
        }

        return shape.ToString();
    }

    private static void Add(StringBuilder shape, VectorMatching matching)
    {
        Add(shape, (long)matching.Cardinality);
        Add(shape, matching.On ? 1 : 0);
        AddAll(shape, matching.Labels);
        AddAll(shape, matching.Include);
        Add(shape, matching.FillLeft is { } left ? BitConverter.DoubleToInt64Bits(left) : "");
        Add(shape, matching.FillRight is { } right ? BitConverter.DoubleToInt64Bits(right) : "");
    }

    private static void AddAll(StringBuilder shape, IReadOnlyList<string> texts)
    {
        Add(shape, texts.Count);
        foreach (string text in texts)
        {
            Add(shape, text);
        }
    }

    private static void Add(StringBuilder shape, object value)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{value}");
        shape.Append(CultureInfo.InvariantCulture, $"|{text.Length}:{text}");
    }
}
