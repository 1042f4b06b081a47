using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser.Functions;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Building;

/// <summary>
/// Makes nodes of what the grammar found, and reports what is wrong with them. The grammar and the diagnosis share it, so that a tree and its faults do not depend
/// on who found the syntax.
/// </summary>
internal static class NodeBuilder
{
    public static AggregateExpr Aggregate(ParseContext context, Item op, Grouping? grouping, List<Expr> arguments, int end)
    {
        var position = new PositionRange(op.Start, end);
        var kind = (AggregateOperator)(op.Kind - ItemKind.Avg);
        AggregateExpr Node(Expr? parameter, Expr operand) =>
            new(kind, operand, parameter, grouping?.Labels ?? [], grouping?.Without ?? false, position);
        if (arguments.Count == 0)
        {
            context.Fault(position, "no arguments for aggregate expression provided");
            return Node(null, null!);
        }

        if (kind.IsExperimental() && !context.Options.ExperimentalFunctions)
        {
            context.Fault(position, $"{kind.Name()}() is experimental and must be enabled with --enable-feature=promql-experimental-functions");
            return Node(null, null!);
        }

        int wanted = kind.HasParameter() ? 2 : 1;
        if (arguments.Count != wanted)
        {
            context.Fault(position, $"wrong number of arguments for aggregate expression provided, expected {wanted}, got {arguments.Count}");
            return Node(null, null!);
        }

        return Node(wanted == 2 ? arguments[0] : null, arguments[wanted - 1]);
    }

    public static BinaryExpr Binary(ParseContext context, Item op, Expr left, Expr right, BinaryModifiers modifiers)
    {
        BinaryOperator kind = Operator(op.Kind);
        VectorMatching matching = modifiers.Matching;
        var node = new BinaryExpr(kind, left, right, modifiers.ReturnBool, matching);
        if ((matching.FillLeft ?? matching.FillRight) is not null && !context.Options.FillModifiers)
        {
            context.Fault(node.Position, "binop fill modifiers are experimental and not enabled");
        }

        return node;
    }

    public static Expr Unary(Item sign, Expr operand)
    {
        bool isMinus = sign.Kind == ItemKind.Subtract;
        return operand is NumberLiteral number
            ? new NumberLiteral(isMinus ? -number.Value : number.Value, number.IsDuration, new PositionRange(sign.Start, number.Position.End))
            : new UnaryExpr(isMinus, operand, sign.Start);
    }

    public static CallExpr Call(ParseContext context, Item name, List<Expr> arguments)
    {
        if (!FunctionTable.TryGet(name.Text, out PromFunction? function))
        {
            context.Fault(name.Position, $"unknown function with name {GoText.Quote(name.Text)}");
            function = PromFunction.Unknown;
        }
        else if (function.IsExperimental && !context.Options.ExperimentalFunctions)
        {
            context.Fault(name.Position, $"function {GoText.Quote(name.Text)} is not enabled");
        }

        return new CallExpr(function, arguments, new PositionRange(name.Start, context.LastClosing));
    }

    public static VectorSelector Selector(Item? name, List<LabelMatcher?> matchers, PositionRange position)
    {
        // A matcher is null only after a fault of its own, and then the tree is thrown away.
        List<LabelMatcher> all = [.. matchers.OfType<LabelMatcher>()];
        if (name is not null)
        {
            all.Add(new LabelMatcher(MatchType.Equal, LabelSet.MetricName, name.Text));
        }

        return new VectorSelector(name?.Text ?? "", all, position);
    }

    public static LabelMatcher? Matcher(ParseContext context, Item name, string label, Item op, Item value)
    {
        MatchType type = op.Kind switch
        {
            ItemKind.Assign => MatchType.Equal,
            ItemKind.NotEqual => MatchType.NotEqual,
            ItemKind.EqualRegex => MatchType.Regexp,
            _ => MatchType.NotRegexp,
        };
        try
        {
            return new LabelMatcher(type, label, Literals.Text(context, value));
        }
        catch (FormatException exception)
        {
            context.Fault(new PositionRange(name.Start, value.End), exception.Message);
            return null;
        }
    }

    public static MatrixSelector Matrix(ParseContext context, Expr operand, Item open, Expr range, Item close)
    {
        string? fault = operand is not VectorSelector selector ? "ranges only allowed for vector selectors"
            : selector.Modifiers.HasOffset ? "no offset modifiers allowed before range"
            : selector.Modifiers.At.Kind != AtKind.None ? "no @ modifiers allowed before range"
            : null;
        if (fault is not null)
        {
            context.Fault(new PositionRange(open.Start, close.End), fault);
        }

        return new MatrixSelector(operand, DurationBuilder.Milliseconds(range), range as DurationExpr, context.LastClosing);
    }

    public static SubqueryExpr Subquery(Expr operand, Expr range, Expr? step, Item close) => new(
        operand, DurationBuilder.Milliseconds(range), range as DurationExpr, DurationBuilder.Milliseconds(step), step as DurationExpr, close.End);

    /// <summary>A label of a grouping clause.</summary>
    public static string GroupingLabel(ParseContext context, Item item)
    {
        string label = item.Kind == ItemKind.String ? Literals.Text(context, item) : item.Text;
        if (label.Length == 0)
        {
            context.Fault(item.Position, $"invalid label name for grouping: {GoText.Quote(label)}");
        }

        return label;
    }

    private static BinaryOperator Operator(ItemKind kind) => kind switch
    {
        ItemKind.Add => BinaryOperator.Add,
        ItemKind.Subtract => BinaryOperator.Subtract,
        ItemKind.Multiply => BinaryOperator.Multiply,
        ItemKind.Divide => BinaryOperator.Divide,
        ItemKind.Modulo => BinaryOperator.Modulo,
        ItemKind.Power => BinaryOperator.Power,
        ItemKind.Atan2 => BinaryOperator.Atan2,
        ItemKind.Equal => BinaryOperator.Equal,
        ItemKind.NotEqual => BinaryOperator.NotEqual,
        ItemKind.Less => BinaryOperator.Less,
        ItemKind.LessOrEqual => BinaryOperator.LessOrEqual,
        ItemKind.Greater => BinaryOperator.Greater,
        ItemKind.GreaterOrEqual => BinaryOperator.GreaterOrEqual,
        ItemKind.TrimUpper => BinaryOperator.TrimUpper,
        ItemKind.TrimLower => BinaryOperator.TrimLower,
        ItemKind.And => BinaryOperator.And,
        ItemKind.Or => BinaryOperator.Or,
        _ => BinaryOperator.Unless,
    };
}

/// <summary>Labels of <c>by</c> or <c>without</c>.</summary>
internal sealed record Grouping(bool Without, IReadOnlyList<string> Labels);

/// <summary>What stands between an operator and its right side.</summary>
internal sealed record BinaryModifiers(bool ReturnBool, VectorMatching Matching)
{
    public static BinaryModifiers None { get; } = new(ReturnBool: false, VectorMatching.Default);

    public static BinaryModifiers Bool { get; } = new(ReturnBool: true, VectorMatching.Default);
}
