using System.Runtime.CompilerServices;
using RemoteStore.Model.Labels;
using RemoteStore.PromQL.Parser.Functions;
using RemoteStore.PromQL.Parser.Lexing;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Building;

/// <summary>
/// Finds what has the syntax of an expression but no meaning, and settles what only the types decide: the matching of binary operators and the second argument of
/// <c>info</c>. Runs over trees without faults of syntax only.
/// </summary>
internal sealed class TypeChecker(ParseContext context)
{
    /// <summary>Checks a tree.</summary>
    public void Check(Expr node)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (node)
        {
            case AggregateExpr aggregate:
                CheckAggregate(aggregate);
                break;
            case BinaryExpr binary:
                CheckBinary(binary);
                break;
            case CallExpr call:
                CheckCall(call);
                break;
            case ParenExpr paren:
                Check(paren.Inner);
                break;
            case UnaryExpr unary:
                Check(unary.Operand);
                if (unary.Operand.Type is not (ExprType.Scalar or ExprType.Vector))
                {
                    context.Fault(
                        node.Position,
                        $"unary expression only allowed on expressions of type scalar or instant vector, got \"{unary.Operand.Type.Documented()}\"");
                }

                break;
            case SubqueryExpr subquery:
                Check(subquery.Operand);
                if (subquery.Operand.Type != ExprType.Vector)
                {
                    context.Fault(node.Position, $"subquery is only allowed on instant vector, got {subquery.Operand.Type.Name()} instead");
                }

                break;
            case MatrixSelector matrix:
                Check(matrix.Operand);
                break;
            case VectorSelector selector:
                CheckSelector(selector);
                break;
            default:
                break; // literals
        }
    }

    private void Expect(Expr node, ExprType type, string where)
    {
        Check(node);
        if (node.Type != type)
        {
            context.Fault(node.Position, $"expected type {type.Documented()} in {where}, got {node.Type.Documented()}");
        }
    }

    private void CheckAggregate(AggregateExpr aggregate)
    {
        Expect(aggregate.Operand, ExprType.Vector, "aggregation expression");
        if (aggregate.Parameter is not null)
        {
            Expect(aggregate.Parameter, aggregate.Op == AggregateOperator.CountValues ? ExprType.Text : ExprType.Scalar, "aggregation parameter");
        }
    }

    private void CheckBinary(BinaryExpr binary)
    {
        Check(binary.Left);
        Check(binary.Right);
        (ExprType left, ExprType right) = (binary.Left.Type, binary.Right.Type);
        BinaryOperator op = binary.Op;
        VectorMatching matching = binary.Matching!;
        if (binary.ReturnBool && !op.IsComparison())
        {
            context.Fault(OperatorPosition(binary), "bool modifier can only be used on comparison operators");
        }

        if (op.IsComparison() && !binary.ReturnBool && left == ExprType.Scalar && right == ExprType.Scalar)
        {
            context.Fault(OperatorPosition(binary), "comparisons between scalars must use BOOL modifier");
        }

        if (op.IsSetOperator() && matching.Cardinality == MatchCardinality.OneToOne)
        {
            matching = matching with { Cardinality = MatchCardinality.ManyToMany };
        }

        foreach (string label in matching.On ? matching.Labels : [])
        {
            foreach (string _ in matching.Include.Where(l => l == label))
            {
                context.Fault(OperatorPosition(binary), $"label {GoText.Quote(label)} must not occur in ON and GROUP clause at once");
            }
        }

        foreach (Expr side in (ReadOnlySpan<Expr>)[binary.Left, binary.Right])
        {
            if (side.Type is not (ExprType.Scalar or ExprType.Vector))
            {
                context.Fault(side.Position, "binary expression must contain only scalar and instant vector types");
            }
        }

        bool isFilled = (matching.FillLeft ?? matching.FillRight) is not null;
        if (left != ExprType.Vector || right != ExprType.Vector)
        {
            FaultIf(matching.Labels.Count > 0, binary, "vector matching only allowed between instant vectors");
            FaultIf(isFilled, binary, "filling in missing series only allowed between instant vectors");
            binary.Matching = null;
        }
        else
        {
            binary.Matching = matching;
            if (op.IsSetOperator())
            {
                bool isGrouped = matching.Cardinality is MatchCardinality.ManyToOne or MatchCardinality.OneToMany;
                FaultIf(isGrouped, binary, $"no grouping allowed for \"{op.Symbol()}\" operation");
                FaultIf(isGrouped, binary, "set operations must always be many-to-many");
                FaultIf(isFilled, binary, "filling in missing series not allowed for set operators");
            }
        }

        FaultIf(
            op.IsSetOperator() && (left == ExprType.Scalar || right == ExprType.Scalar),
            binary,
            $"set operator \"{op.Symbol()}\" not allowed in binary scalar expression");
    }

    private void FaultIf(bool condition, BinaryExpr binary, string message)
    {
        if (condition)
        {
            context.Fault(binary.Position, message);
        }
    }

    /// <summary>The operator with its modifiers. As in Prometheus the last byte is left out when nothing separates it from the right side.</summary>
    private PositionRange OperatorPosition(BinaryExpr binary)
    {
        ReadOnlySpan<byte> source = context.Source.Span;
        int start = binary.Left.Position.End;
        while (start < source.Length && Characters.IsSpace(source[start]))
        {
            start++;
        }

        int end = binary.Right.Position.Start - 1;
        while (end > 0 && Characters.IsSpace(source[end]))
        {
            end--;
        }

        return new PositionRange(start, end);
    }

    private void CheckCall(CallExpr call)
    {
        PromFunction function = call.Function;
        IReadOnlyList<Expr> arguments = call.Arguments;
        CheckCount(call);
        if (function.Name == "info" && arguments.Count > 1)
        {
            CheckInfoSelector(call, arguments[1]);
        }

        for (int i = 0; i < arguments.Count; i++)
        {
            if (i >= function.ArgumentTypes.Count && function.Variadic == 0)
            {
                return; // there is no type to compare with
            }

            ExprType type = function.ArgumentTypes[Math.Min(i, function.ArgumentTypes.Count - 1)];
            Expect(arguments[i], type, $"call to function \"{function.Name}\"");
        }
    }

    private void CheckCount(CallExpr call)
    {
        PromFunction function = call.Function;
        int given = call.Arguments.Count;
        int types = function.ArgumentTypes.Count;
        (string bound, int wanted)? fault = function.Variadic switch
        {
            0 => given == types ? null : ("", types),
            _ when given < types - 1 => ("at least ", types - 1),
            > 0 when given > types - 1 + function.Variadic => ("at most ", types - 1 + function.Variadic),
            _ => null,
        };
        if (fault is var (bound, wanted))
        {
            context.Fault(call.Position, $"expected {bound}{wanted} argument(s) in call to \"{function.Name}\", got {given}");
        }
    }

    private void CheckInfoSelector(CallExpr call, Expr argument)
    {
        if (argument.Type != ExprType.Vector)
        {
            context.Fault(call.Position, $"expected type instant vector in call to function \"info\", got {argument.Type.Documented()}");
        }

        if (argument is not VectorSelector selector)
        {
            context.Fault(argument.Position, "expected label selectors only");
        }
        else if (selector.Name.Length > 0)
        {
            context.Fault(argument.Position, "expected label selectors only, got vector selector instead");
        }
        else
        {
            selector.MayMatchEverything = true;
        }
    }

    private void CheckSelector(VectorSelector selector)
    {
        IReadOnlyList<LabelMatcher> matchers = selector.Matchers;
        if (selector.Name.Length > 0)
        {
            foreach (LabelMatcher second in matchers.Take(matchers.Count - 1).Where(static m => m.Name == LabelSet.MetricName))
            {
                context.Fault(
                    selector.Position, $"metric name must not be set twice: {GoText.Quote(selector.Name)} or {GoText.Quote(second.Value)}");
            }
        }
        else if (!selector.MayMatchEverything && matchers.All(static m => m.MatchesEmpty))
        {
            context.Fault(selector.Position, "vector selector must contain at least one non-empty matcher");
        }
    }
}
