using RemoteStore.PromQL.Parser.Functions;

namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>A call of a function.</summary>
/// <param name="function">The function.</param>
/// <param name="arguments">Its arguments.</param>
/// <param name="position">Where.</param>
public sealed class CallExpr(PromFunction function, IReadOnlyList<Expr> arguments, PositionRange position) : Expr
{
    /// <summary>The function.</summary>
    public PromFunction Function { get; } = function;

    /// <summary>Its arguments, as many and of the types that the function takes.</summary>
    public IReadOnlyList<Expr> Arguments { get; } = arguments;

    /// <inheritdoc/>
    public override ExprType Type => Function.ReturnType;

    /// <inheritdoc/>
    public override PositionRange Position { get; } = position;
}
