using System.Runtime.CompilerServices;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Planning.Optimising;

/// <summary>Rebuilds a tree from the leaves up. What is not changed stays the same object; every node keeps its place in the query.</summary>
internal abstract class TreeRewriter
{
    /// <summary>The tree in its new form.</summary>
    /// <exception cref="InsufficientExecutionStackException">The tree is too deep.</exception>
    public Expr Rewrite(Expr node)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return Replace(WithChildren(node));
    }

    /// <summary>The new form of a node whose children have theirs; the node itself when it stays.</summary>
    protected abstract Expr Replace(Expr node);

    private Expr WithChildren(Expr node)
    {
        switch (node)
        {
            case ParenExpr paren:
                Expr inner = Rewrite(paren.Inner);
                return ReferenceEquals(inner, paren.Inner) ? paren : new ParenExpr(inner, paren.Position);
            case UnaryExpr unary:
                Expr negated = Rewrite(unary.Operand);
                return ReferenceEquals(negated, unary.Operand) ? unary : unary.WithOperand(negated);
            case BinaryExpr binary:
                Expr left = Rewrite(binary.Left);
                Expr right = Rewrite(binary.Right);
                return ReferenceEquals(left, binary.Left) && ReferenceEquals(right, binary.Right)
                    ? binary
                    : new BinaryExpr(binary.Op, left, right, binary.ReturnBool, binary.Matching);
            case AggregateExpr aggregate:
                Expr? parameter = aggregate.Parameter is null ? null : Rewrite(aggregate.Parameter);
                Expr folded = Rewrite(aggregate.Operand);
                return ReferenceEquals(parameter, aggregate.Parameter) && ReferenceEquals(folded, aggregate.Operand)
                    ? aggregate
                    : new AggregateExpr(aggregate.Op, folded, parameter, aggregate.Grouping, aggregate.Without, aggregate.Position);
            case CallExpr call:
                return WithArguments(call);
            case SubqueryExpr subquery:
                Expr operand = Rewrite(subquery.Operand);
                return ReferenceEquals(operand, subquery.Operand) ? subquery : subquery.WithOperand(operand);
            case MatrixSelector matrix:
                var selector = (VectorSelector)Rewrite(matrix.Selector);
                return ReferenceEquals(selector, matrix.Selector) ? matrix : matrix.WithSelector(selector);
            default:
                return node;
        }
    }

    private CallExpr WithArguments(CallExpr call)
    {
        var arguments = new Expr[call.Arguments.Count];
        bool changed = false;
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Rewrite(call.Arguments[i]);
            changed |= !ReferenceEquals(arguments[i], call.Arguments[i]);
        }

        return changed ? new CallExpr(call.Function, arguments, call.Position) : call;
    }
}
