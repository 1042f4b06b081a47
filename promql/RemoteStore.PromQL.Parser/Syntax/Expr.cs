namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>A node of the syntax tree. Immutable once the parser has returned it; safe to share between threads.</summary>
public abstract class Expr
{
    /// <summary>What the expression evaluates to.</summary>
    public abstract ExprType Type { get; }

    /// <summary>Where it stands in the query.</summary>
    public abstract PositionRange Position { get; }

    /// <summary>The canonical text, on one line.</summary>
    public override string ToString() => Printing.ExprPrinter.Print(this);
}
