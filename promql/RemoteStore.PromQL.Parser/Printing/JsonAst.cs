using System.Runtime.CompilerServices;
using System.Text.Json;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser.Functions;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Printing;

/// <summary>Writes a tree as JSON, as <c>parse_query</c> of Prometheus' HTTP API does.</summary>
public static class JsonAst
{
    /// <summary>Depth the writer of <see cref="Write"/> must allow: the highest tree the parser makes takes up to three levels a node.</summary>
    public const int MaxDepth = 16_384;

    /// <summary>Writes a tree.</summary>
    /// <param name="writer">Made with a <see cref="JsonWriterOptions.MaxDepth"/> of <see cref="MaxDepth"/>.</param>
    /// <param name="node">The tree.</param>
    public static void Write(Utf8JsonWriter writer, Expr node)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(node);
        RuntimeHelpers.EnsureSufficientExecutionStack();
        writer.WriteStartObject();
        switch (node)
        {
            case AggregateExpr aggregate:
                Member(writer, "expr", aggregate.Operand);
                Names(writer, "grouping", aggregate.Grouping);
                writer.WriteString("op", aggregate.Op.Name());
                Member(writer, "param", aggregate.Parameter);
                writer.WriteString("type", "aggregation");
                writer.WriteBoolean("without", aggregate.Without);
                break;
            case BinaryExpr binary:
                Binary(writer, binary);
                break;
            case CallExpr call:
                Call(writer, call);
                break;
            case MatrixSelector matrix:
                Selector(writer, matrix.Selector, matrix);
                break;
            case VectorSelector selector:
                Selector(writer, selector, null);
                break;
            case SubqueryExpr subquery:
                Member(writer, "expr", subquery.Operand);
                writer.WriteNumber("offset", subquery.Modifiers.OffsetMs);
                writer.WriteNumber("range", subquery.RangeMs);
                Bound(writer, subquery.Modifiers.At);
                writer.WriteNumber("step", subquery.StepMs);
                Timestamp(writer, subquery.Modifiers.At);
                writer.WriteString("type", "subquery");
                break;
            case NumberLiteral number:
                writer.WriteString("type", "numberLiteral");
                writer.WriteString("val", NumberText.Plain(number.Value));
                break;
            case StringLiteral text:
                writer.WriteString("type", "stringLiteral");
                writer.WriteString("val", text.Value);
                break;
            case ParenExpr paren:
                Member(writer, "expr", paren.Inner);
                writer.WriteString("type", "parenExpr");
                break;
            case UnaryExpr unary:
                Member(writer, "expr", unary.Operand);
                writer.WriteString("op", unary.IsMinus ? "-" : "+");
                writer.WriteString("type", "unaryExpr");
                break;
            default:
                throw new ArgumentException($"{node.GetType().Name} is no node of a query", nameof(node));
        }

        writer.WriteEndObject();
    }

    private static void Member(Utf8JsonWriter writer, string name, Expr? node)
    {
        writer.WritePropertyName(name);
        if (node is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            Write(writer, node);
        }
    }

    private static void Names(Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (string value in values)
        {
            writer.WriteStringValue(value);
        }

        writer.WriteEndArray();
    }

    private static void Binary(Utf8JsonWriter writer, BinaryExpr binary)
    {
        writer.WriteBoolean("bool", binary.ReturnBool);
        Member(writer, "lhs", binary.Left);
        if (binary.Matching is { } matching)
        {
            writer.WriteStartObject("matching");
            writer.WriteString("card", matching.Cardinality switch
            {
                MatchCardinality.OneToOne => "one-to-one",
                MatchCardinality.ManyToOne => "many-to-one",
                MatchCardinality.OneToMany => "one-to-many",
                _ => "many-to-many",
            });
            writer.WriteStartObject("fillValues");
            Fill(writer, "lhs", matching.FillLeft);
            Fill(writer, "rhs", matching.FillRight);
            writer.WriteEndObject();
            Names(writer, "include", matching.Include);
            Names(writer, "labels", matching.Labels);
            writer.WriteBoolean("on", matching.On);
            writer.WriteEndObject();
        }
        else
        {
            writer.WriteNull("matching");
        }

        writer.WriteString("op", binary.Op.Symbol());
        Member(writer, "rhs", binary.Right);
        writer.WriteString("type", "binaryExpr");
    }

    private static void Fill(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is null)
        {
            writer.WriteNull(name);
        }
        else if (double.IsFinite(value.Value))
        {
            writer.WriteNumber(name, value.Value);
        }
        else
        {
            writer.WriteString(name, NumberText.Plain(value.Value)); // JSON has no such number
        }
    }

    private static void Call(Utf8JsonWriter writer, CallExpr call)
    {
        writer.WriteStartArray("args");
        foreach (Expr argument in call.Arguments)
        {
            Write(writer, argument);
        }

        writer.WriteEndArray();
        PromFunction function = call.Function;
        writer.WriteStartObject("func");
        Names(writer, "argTypes", function.ArgumentTypes.Select(static t => t.Name()));
        writer.WriteString("name", function.Name);
        writer.WriteString("returnType", function.ReturnType.Name());
        writer.WriteNumber("variadic", function.Variadic);
        writer.WriteEndObject();
        writer.WriteString("type", "call");
    }

    private static void Selector(Utf8JsonWriter writer, VectorSelector selector, MatrixSelector? matrix)
    {
        writer.WriteBoolean("anchored", selector.Anchored);
        writer.WriteStartArray("matchers");
        foreach (LabelMatcher matcher in selector.Matchers)
        {
            writer.WriteStartObject();
            writer.WriteString("name", matcher.Name);
            writer.WriteString("type", matcher.Type switch
            {
                MatchType.Equal => "=",
                MatchType.NotEqual => "!=",
                MatchType.Regexp => "=~",
                _ => "!~",
            });
            writer.WriteString("value", matcher.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("name", selector.Name);
        writer.WriteNumber("offset", selector.Modifiers.OffsetMs);
        if (matrix is not null)
        {
            writer.WriteNumber("range", matrix.RangeMs);
        }

        writer.WriteBoolean("smoothed", selector.Smoothed);
        Bound(writer, selector.Modifiers.At);
        Timestamp(writer, selector.Modifiers.At);
        writer.WriteString("type", matrix is null ? "vectorSelector" : "matrixSelector");
    }

    private static void Bound(Utf8JsonWriter writer, AtModifier at)
    {
        if (at.Kind is AtKind.Start or AtKind.End)
        {
            writer.WriteString("startOrEnd", at.Kind == AtKind.Start ? "start" : "end");
        }
        else
        {
            writer.WriteNull("startOrEnd");
        }
    }

    private static void Timestamp(Utf8JsonWriter writer, AtModifier at)
    {
        if (at.Kind == AtKind.Timestamp)
        {
            writer.WriteNumber("timestamp", at.TimestampMs);
        }
        else
        {
            writer.WriteNull("timestamp");
        }
    }
}
