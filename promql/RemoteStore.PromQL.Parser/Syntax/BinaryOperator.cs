namespace RemoteStore.PromQL.Parser.Syntax;

/// <summary>Operators between two expressions.</summary>
public enum BinaryOperator
{
    /// <summary><c>+</c></summary>
    Add,

    /// <summary><c>-</c></summary>
    Subtract,

    /// <summary><c>*</c></summary>
    Multiply,

    /// <summary><c>/</c></summary>
    Divide,

    /// <summary><c>%</c></summary>
    Modulo,

    /// <summary><c>^</c></summary>
    Power,

    /// <summary><c>atan2</c></summary>
    Atan2,

    /// <summary><c>==</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>&lt;</c></summary>
    Less,

    /// <summary><c>&lt;=</c></summary>
    LessOrEqual,

    /// <summary><c>&gt;</c></summary>
    Greater,

    /// <summary><c>&gt;=</c></summary>
    GreaterOrEqual,

    /// <summary><c>&lt;/</c>: keeps the observations of a histogram at or below a bound.</summary>
    TrimUpper,

    /// <summary><c>&gt;/</c>: keeps the observations of a histogram at or above a bound.</summary>
    TrimLower,

    /// <summary><c>and</c></summary>
    And,

    /// <summary><c>or</c></summary>
    Or,

    /// <summary><c>unless</c></summary>
    Unless,
}

/// <summary>Properties of <see cref="BinaryOperator"/>.</summary>
public static class BinaryOperators
{
    private static readonly string[] s_symbols =
        ["+", "-", "*", "/", "%", "^", "atan2", "==", "!=", "<", "<=", ">", ">=", "</", ">/", "and", "or", "unless"];

    /// <summary>As PromQL spells it.</summary>
    public static string Symbol(this BinaryOperator op) => s_symbols[(int)op];

    /// <summary>True for <c>==</c> to <c>&gt;=</c>, which filter or, with <c>bool</c>, give 0 and 1.</summary>
    public static bool IsComparison(this BinaryOperator op) => op is >= BinaryOperator.Equal and <= BinaryOperator.GreaterOrEqual;

    /// <summary>True for <c>and</c>, <c>or</c>, <c>unless</c>.</summary>
    public static bool IsSetOperator(this BinaryOperator op) => op >= BinaryOperator.And;
}
