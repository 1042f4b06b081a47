using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Functions;

/// <summary>Operators on floats.</summary>
internal static class FloatArithmetic
{
    /// <summary>Between two scalars; comparisons give 0 and 1.</summary>
    public static double Scalar(BinaryOperator op, double left, double right) =>
        op.IsComparison() ? (Compare(op, left, right) ? 1 : 0) : Compute(op, left, right);

    /// <summary>An arithmetic operator.</summary>
    public static double Compute(BinaryOperator op, double left, double right) => op switch
    {
        BinaryOperator.Add => left + right,
        BinaryOperator.Subtract => left - right,
        BinaryOperator.Multiply => left * right,
        BinaryOperator.Divide => left / right,
        BinaryOperator.Modulo => left % right,
        BinaryOperator.Power => Math.Pow(left, right),
        BinaryOperator.Atan2 => Math.Atan2(left, right),
        _ => throw new InvalidOperationException($"{op} is no arithmetic operator"),
    };

    /// <summary>A comparison.</summary>
    public static bool Compare(BinaryOperator op, double left, double right) => op switch
    {
        BinaryOperator.Equal => left == right,
        BinaryOperator.NotEqual => left != right,
        BinaryOperator.Less => left < right,
        BinaryOperator.LessOrEqual => left <= right,
        BinaryOperator.Greater => left > right,
        BinaryOperator.GreaterOrEqual => left >= right,
        _ => throw new InvalidOperationException($"{op} is no comparison"),
    };

    /// <summary>True for operators whose result is another metric than their operands.</summary>
    public static bool ChangesMeaning(BinaryOperator op) => op <= BinaryOperator.Atan2;
}
