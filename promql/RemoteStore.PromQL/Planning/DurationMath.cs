using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Planning;

/// <summary>Works out durations that are written as arithmetic.</summary>
/// <param name="stepSeconds">Step of the query, 0 for an instant query.</param>
/// <param name="rangeSeconds">End minus start of the query.</param>
internal sealed class DurationMath(double stepSeconds, double rangeSeconds)
{
    /// <summary>The duration in milliseconds.</summary>
    /// <param name="plainMs">The duration when it is no arithmetic.</param>
    /// <param name="expression">The arithmetic, or null.</param>
    /// <param name="mayBeNegative">True for offsets.</param>
    /// <exception cref="QueryException">It is not positive, out of range or divides by zero.</exception>
    public long Milliseconds(long plainMs, DurationExpr? expression, bool mayBeNegative)
    {
        if (expression is null)
        {
            return plainMs;
        }

        double seconds = Evaluate(expression);
        if (seconds <= 0 && !mayBeNegative)
        {
            throw Fault(expression, "duration must be greater than 0");
        }

        if (!(Math.Abs(seconds) <= long.MaxValue / 1e9))
        {
            throw Fault(expression, "duration is out of range");
        }

        return (long)(seconds * 1000);
    }

    private static QueryException Fault(Expr at, string message) =>
        new(QueryErrorKind.BadQuery, $"{at.Position.Start}:{at.Position.End}: {message}");

    private double Evaluate(Expr expression)
    {
        if (expression is NumberLiteral number)
        {
            return number.Value;
        }

        if (expression is not DurationExpr duration)
        {
            throw Fault(expression, "unexpected duration expression");
        }

        System.Runtime.CompilerServices.RuntimeHelpers.EnsureSufficientExecutionStack();
        double left = duration.Left is null ? 0 : Evaluate(duration.Left);
        double right = duration.Right is null ? 0 : Evaluate(duration.Right);
        return duration.Op switch
        {
            DurationOperator.Step => stepSeconds,
            DurationOperator.Range => rangeSeconds,
            DurationOperator.MinOf => Extremes.Smaller(left, right),
            DurationOperator.MaxOf => Extremes.Larger(left, right),
            DurationOperator.Add => left + right,
            DurationOperator.Subtract => left - right,
            DurationOperator.Multiply => left * right,
            DurationOperator.Divide => right == 0 ? throw Fault(duration, "division by zero") : left / right,
            DurationOperator.Modulo => right == 0 ? throw Fault(duration, "modulo by zero") : left % right,
            _ => Math.Pow(left, right),
        };
    }
}
