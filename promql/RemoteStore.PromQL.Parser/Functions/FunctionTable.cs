using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.PromQL.Parser.Functions;

/// <summary>Every function of Prometheus 3.14.</summary>
public static class FunctionTable
{
    private static readonly FrozenDictionary<string, PromFunction> s_byName = Signatures().ToFrozenDictionary(static f => f.Name);

    /// <summary>All functions, by name.</summary>
    public static IReadOnlyList<PromFunction> All { get; } = [.. s_byName.Values.OrderBy(static f => f.Name, StringComparer.Ordinal)];

    /// <summary>Finds a function. Names are case sensitive.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out PromFunction? function) => s_byName.TryGetValue(name, out function);

    private static IEnumerable<PromFunction> Signatures()
    {
        foreach (string name in (string[])
        [
            "abs", "absent", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "cos", "cosh", "deg", "exp", "floor", "histogram_avg", "histogram_count",
            "histogram_stddev", "histogram_stdvar", "histogram_sum", "ln", "log10", "log2", "rad", "sgn", "sin", "sinh", "sort", "sort_desc", "sqrt", "tan", "tanh",
            "timestamp",
        ])
        {
            yield return Of(name, [ExprType.Vector]);
        }

        foreach (string name in (string[])
        [
            "absent_over_time", "avg_over_time", "changes", "count_over_time", "delta", "deriv", "first_over_time", "idelta", "increase", "irate", "last_over_time",
            "max_over_time", "min_over_time", "present_over_time", "rate", "resets", "stddev_over_time", "stdvar_over_time", "sum_over_time",
        ])
        {
            yield return Of(name, [ExprType.Matrix]);
        }

        foreach (string name in (string[])["mad_over_time", "ts_of_first_over_time", "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time"])
        {
            yield return Of(name, [ExprType.Matrix], experimental: true);
        }

        foreach (string name in (string[])["day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year"])
        {
            yield return Of(name, [ExprType.Vector], variadic: 1);
        }

        foreach (string name in (string[])["start", "end", "range", "step"])
        {
            yield return Of(name, [], returns: ExprType.Scalar, experimental: true);
        }

        yield return Of("clamp", [ExprType.Vector, ExprType.Scalar, ExprType.Scalar]);
        yield return Of("clamp_max", [ExprType.Vector, ExprType.Scalar]);
        yield return Of("clamp_min", [ExprType.Vector, ExprType.Scalar]);
        yield return Of("double_exponential_smoothing", [ExprType.Matrix, ExprType.Scalar, ExprType.Scalar], experimental: true);
        yield return Of("histogram_fraction", [ExprType.Scalar, ExprType.Scalar, ExprType.Vector]);
        yield return Of("histogram_quantile", [ExprType.Scalar, ExprType.Vector]);
        yield return Of("histogram_quantiles", [ExprType.Vector, ExprType.Text, ExprType.Scalar, ExprType.Scalar], variadic: 9, experimental: true);
        yield return Of("info", [ExprType.Vector, ExprType.Vector], variadic: 1, experimental: true);
        yield return Of("label_join", [ExprType.Vector, ExprType.Text, ExprType.Text, ExprType.Text], variadic: -1);
        yield return Of("label_replace", [ExprType.Vector, ExprType.Text, ExprType.Text, ExprType.Text, ExprType.Text]);
        yield return Of("max_of", [ExprType.Scalar, ExprType.Scalar], returns: ExprType.Scalar, experimental: true);
        yield return Of("min_of", [ExprType.Scalar, ExprType.Scalar], returns: ExprType.Scalar, experimental: true);
        yield return Of("pi", [], returns: ExprType.Scalar);
        yield return Of("predict_linear", [ExprType.Matrix, ExprType.Scalar]);
        yield return Of("quantile_over_time", [ExprType.Scalar, ExprType.Matrix]);
        yield return Of("round", [ExprType.Vector, ExprType.Scalar], variadic: 1);
        yield return Of("scalar", [ExprType.Vector], returns: ExprType.Scalar);
        yield return Of("sort_by_label", [ExprType.Vector, ExprType.Text], variadic: -1, experimental: true);
        yield return Of("sort_by_label_desc", [ExprType.Vector, ExprType.Text], variadic: -1, experimental: true);
        yield return Of("start_timestamp", [ExprType.Vector], experimental: true);
        yield return Of("time", [], returns: ExprType.Scalar);
        yield return Of("vector", [ExprType.Scalar]);
    }

    private static PromFunction Of(
        string name, ExprType[] arguments, int variadic = 0, ExprType returns = ExprType.Vector, bool experimental = false) =>
        new(name, arguments, variadic, returns, experimental);
}
