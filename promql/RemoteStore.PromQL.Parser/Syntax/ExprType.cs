namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>What an expression evaluates to.</summary>
public enum ExprType
{
    /// <summary>One number.</summary>
    Scalar,

    /// <summary>One sample of each series: an instant vector.</summary>
    Vector,

    /// <summary>Samples of each series over a range: a range vector.</summary>
    Matrix,

    /// <summary>A text.</summary>
    Text,
}

/// <summary>Spellings of <see cref="ExprType"/>.</summary>
public static class ExprTypes
{
    /// <summary>As the HTTP API and JSON spell it: <c>matrix</c>.</summary>
    public static string Name(this ExprType type) => type switch
    {
        ExprType.Scalar => "scalar",
        ExprType.Vector => "vector",
        ExprType.Matrix => "matrix",
        _ => "string",
    };

    /// <summary>As the documentation and error messages spell it: <c>range vector</c>.</summary>
    public static string Documented(this ExprType type) => type switch
    {
        ExprType.Vector => "instant vector",
        ExprType.Matrix => "range vector",
        _ => type.Name(),
    };
}
