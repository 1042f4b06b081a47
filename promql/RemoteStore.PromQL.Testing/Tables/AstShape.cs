using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Testing.Tables;

/// <summary>Trees in the shape of the conformance tables: names of Prometheus' node types and fields, zero values left out.</summary>
public static class AstShape
{
    private static readonly string[] s_durationOperators = ["+", "-", "*", "/", "%", "^", "step()", "range()", "min_of", "max_of"];

    private const int MaxDepth = 10_000;

    private static readonly System.Text.Json.JsonSerializerOptions s_deep = new() { MaxDepth = MaxDepth };

    /// <summary>The shape of a tree.</summary>
    public static JsonNode Of(Expr node) => WithoutZeros(JsonNode.Parse(Shape(node).ToJsonString(s_deep), documentOptions: new() { MaxDepth = MaxDepth }))!;

    /// <summary>The same without nulls, zeros, empty texts and lists; numbers as texts.</summary>
    public static JsonNode? WithoutZeros(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                var kept = new JsonObject();
                foreach ((string name, JsonNode? value) in members.OrderBy(static m => m.Key, StringComparer.Ordinal))
                {
                    // A position may be zeros throughout, and a literal 0 is a value.
                    JsonNode? inner = name == "PosRange" || name == "Val" || name == "value" ? Plain(value) : WithoutZeros(value);
                    if (inner is not null)
                    {
                        kept.Add(name, inner);
                    }
                }

                return kept;
            case JsonArray items:
                return items.Count == 0 ? null : new JsonArray([.. items.Select(static i => Plain(i) is JsonValue v ? v : WithoutZeros(i))]);
            default:
                return node is null || node.ToJsonString() is "0" or "false" or "\"\"" ? null : Plain(node);
        }
    }

    private static JsonNode? Plain(JsonNode? node) => node switch
    {
        JsonValue value when value.TryGetValue(out double number) => JsonValue.Create(number.ToString("R", CultureInfo.InvariantCulture)),
        null => null,
        _ => node.DeepClone(),
    };

    private static JsonObject Shape(Expr node) => node switch
    {
        NumberLiteral number => new()
        {
            ["type"] = "NumberLiteral",
            ["Val"] = Number(number.Value),
            ["Duration"] = number.IsDuration,
            ["PosRange"] = Range(number.Position),
        },
        StringLiteral text => new()
        {
            ["type"] = "StringLiteral",
            ["Val"] = Text(text.Utf8),
            ["PosRange"] = Range(text.Position),
        },
        ParenExpr paren => new() { ["type"] = "ParenExpr", ["Expr"] = Shape(paren.Inner), ["PosRange"] = Range(paren.Position) },
        UnaryExpr unary => new()
        {
            ["type"] = "UnaryExpr",
            ["Op"] = unary.IsMinus ? "-" : "+",
            ["Expr"] = Shape(unary.Operand),
            ["StartPos"] = unary.Position.Start,
        },
        BinaryExpr binary => new()
        {
            ["type"] = "BinaryExpr",
            ["Op"] = binary.Op.Symbol(),
            ["LHS"] = Shape(binary.Left),
            ["RHS"] = Shape(binary.Right),
            ["ReturnBool"] = binary.ReturnBool,
            ["VectorMatching"] = Matching(binary.Matching),
        },
        AggregateExpr aggregate => new()
        {
            ["type"] = "AggregateExpr",
            ["Op"] = aggregate.Op.Name(),
            ["Expr"] = Shape(aggregate.Operand),
            ["Without"] = aggregate.Without,
            ["Param"] = aggregate.Parameter is { } parameter ? Shape(parameter) : null,
            ["Grouping"] = Names(aggregate.Grouping),
            ["PosRange"] = Range(aggregate.Position),
        },
        CallExpr call => new()
        {
            ["type"] = "Call",
            ["Func"] = call.Function.Name,
            ["Args"] = new JsonArray([.. call.Arguments.Select(Shape)]),
            ["PosRange"] = Range(call.Position),
        },
        VectorSelector selector => new()
        {
            ["type"] = "VectorSelector",
            ["Name"] = selector.Name,
            ["OriginalOffset"] = selector.Modifiers.OffsetMs,
            ["OriginalOffsetExpr"] = selector.Modifiers.OffsetExpr is { } offset ? Shape(offset) : null,
            ["Timestamp"] = Time(selector.Modifiers.At),
            ["StartOrEnd"] = Bound(selector.Modifiers.At),
            ["Anchored"] = selector.Anchored,
            ["Smoothed"] = selector.Smoothed,
            ["BypassEmptyMatcherCheck"] = selector.MayMatchEverything,
            ["PosRange"] = Range(selector.Position),
            ["LabelMatchers"] = new JsonArray([.. selector.Matchers.Select(static m => new JsonObject
            {
                ["op"] = (string[])["=", "!=", "=~", "!~"] is var ops ? ops[(int)m.Type] : null, ["name"] = m.Name, ["value"] = m.Value,
            })]),
        },
        MatrixSelector matrix => new()
        {
            ["type"] = "MatrixSelector",
            ["VectorSelector"] = Shape(matrix.Selector),
            ["Range"] = matrix.RangeMs,
            ["RangeExpr"] = matrix.RangeExpr is { } range ? Shape(range) : null,
            ["EndPos"] = matrix.Position.End,
        },
        SubqueryExpr subquery => new()
        {
            ["type"] = "SubqueryExpr",
            ["Expr"] = Shape(subquery.Operand),
            ["Range"] = subquery.RangeMs,
            ["Step"] = subquery.StepMs,
            ["RangeExpr"] = subquery.RangeExpr is { } range ? Shape(range) : null,
            ["StepExpr"] = subquery.StepExpr is { } step ? Shape(step) : null,
            ["OriginalOffset"] = subquery.Modifiers.OffsetMs,
            ["OriginalOffsetExpr"] = subquery.Modifiers.OffsetExpr is { } offset ? Shape(offset) : null,
            ["Timestamp"] = Time(subquery.Modifiers.At),
            ["StartOrEnd"] = Bound(subquery.Modifiers.At),
            ["EndPos"] = subquery.Position.End,
        },
        DurationExpr duration => new()
        {
            ["type"] = "DurationExpr",
            ["Op"] = s_durationOperators[(int)duration.Op],
            ["LHS"] = duration.Left is { } left ? Shape(left) : null,
            ["RHS"] = duration.Right is { } right ? Shape(right) : null,
            ["Wrapped"] = duration.Wrapped,
            ["StartPos"] = duration.Start,
            ["EndPos"] = duration.End,
        },
        _ => throw new ArgumentException(node.GetType().Name, nameof(node)),
    };

    private static JsonObject? Matching(VectorMatching? matching) => matching is null ? null : new JsonObject
    {
        ["type"] = "VectorMatching",
        ["Card"] = (string[])["one-to-one", "many-to-one", "one-to-many", "many-to-many"] is var names ? names[(int)matching.Cardinality] : null,
        ["MatchingLabels"] = Names(matching.Labels),
        ["On"] = matching.On,
        ["Include"] = Names(matching.Include),
        ["FillLeft"] = matching.FillLeft is { } left ? Number(left) : null,
        ["FillRight"] = matching.FillRight is { } right ? Number(right) : null,
    };

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(static n => JsonValue.Create(n))]);

    private static JsonArray Range(PositionRange range) => new(range.Start, range.End);

    private static JsonValue? Time(AtModifier at) => at.Kind == AtKind.Timestamp ? JsonValue.Create(at.TimestampMs) : null;

    private static string? Bound(AtModifier at) => at.Kind switch
    {
        AtKind.Start => "start()",
        AtKind.End => "end()",
        _ => null,
    };

    private static JsonNode Number(double value) => double.IsNaN(value) ? "NaN" : double.IsInfinity(value) ? (value > 0 ? "+Inf" : "-Inf") : value;

    private static JsonNode Text(ReadOnlyMemory<byte> utf8) => System.Text.Unicode.Utf8.IsValid(utf8.Span)
        ? Encoding.UTF8.GetString(utf8.Span)
        : new JsonObject { ["base64"] = Convert.ToBase64String(utf8.Span) };
}
