namespace RemoteStore.Testing.PromQL;

/// <summary>Which functions and operators generated queries use.</summary>
public sealed record QueryLanguage
{
    /// <summary>What Prometheus 2.42 has, in its spelling.</summary>
    public static QueryLanguage Prometheus242 { get; } = new() { Smoothing = "holt_winters" };

    /// <summary>What Prometheus 3.14 has for floats.</summary>
    public static QueryLanguage Prometheus314 { get; } = new()
    {
        Smoothing = "double_exponential_smoothing",
        OverTime =
        [
            .. Prometheus242.OverTime,
            "first_over_time", "mad_over_time", "ts_of_first_over_time", "ts_of_last_over_time", "ts_of_max_over_time", "ts_of_min_over_time",
        ],
        Selections = [.. Prometheus242.Selections, "limitk"],
    };

    /// <summary>Double exponential smoothing, renamed in 3.0.</summary>
    public required string Smoothing { get; init; }

    /// <summary>Functions of one value whose result moves with it without jumps.</summary>
    public IReadOnlyList<string> Smooth { get; init; } =
    [
        "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "cosh", "deg", "exp", "ln", "log10", "log2", "rad", "sinh", "sqrt", "tanh",
    ];

    /// <summary>Functions of one value whose result jumps.</summary>
    public IReadOnlyList<string> Jumping { get; init; } = ["ceil", "floor", "round", "sgn"];

    /// <summary>Functions of one value that make a large error of a small one where the value is large.</summary>
    public IReadOnlyList<string> Periodic { get; init; } = ["cos", "sin", "tan"];

    /// <summary>Functions of one time in seconds.</summary>
    public IReadOnlyList<string> OfTime { get; init; } =
        ["day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute", "month", "year"];

    /// <summary>Functions of a range vector alone that take any values.</summary>
    public IReadOnlyList<string> OverTime { get; init; } =
    [
        "avg_over_time", "count_over_time", "delta", "deriv", "idelta", "irate", "last_over_time", "max_over_time", "min_over_time", "present_over_time",
        "stddev_over_time", "stdvar_over_time", "sum_over_time",
    ];

    /// <summary>Functions of a range vector that count events between samples.</summary>
    public IReadOnlyList<string> Events { get; init; } = ["changes", "resets"];

    /// <summary>Functions of a range vector that extrapolate counters.</summary>
    public IReadOnlyList<string> Extrapolating { get; init; } = ["increase", "rate"];

    /// <summary>Aggregations without a parameter.</summary>
    public IReadOnlyList<string> Aggregations { get; init; } = ["avg", "count", "group", "max", "min", "stddev", "stdvar", "sum"];

    /// <summary>Aggregations that select series by a number.</summary>
    public IReadOnlyList<string> Selections { get; init; } = ["bottomk", "topk"];
}
