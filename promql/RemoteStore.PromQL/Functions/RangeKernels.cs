using RemoteStore.PromQL.Operators;

namespace RemoteStore.PromQL.Functions;

/// <summary>The functions of range vectors by name.</summary>
internal static class RangeKernels
{
    /// <summary>Creates the function.</summary>
    public static RangeKernel Create(string name, RangeCall call, ScalarArguments arguments) => name switch
    {
        "rate" => new RateKernel(call, isCounter: true, isRate: true),
        "increase" => new RateKernel(call, isCounter: true, isRate: false),
        "delta" => new RateKernel(call, isCounter: false, isRate: false),
        "irate" => new InstantRateKernel(call, isRate: true),
        "idelta" => new InstantRateKernel(call, isRate: false),
        "resets" => new ChangeKernel(call, resets: true),
        "changes" => new ChangeKernel(call, resets: false),
        "sum_over_time" => new SumOverTime(call),
        "avg_over_time" => new AverageOverTime(call),
        "count_over_time" => new CountOverTime(call),
        "min_over_time" => new ExtremeOverTime(call, max: false, timestamp: false),
        "max_over_time" => new ExtremeOverTime(call, max: true, timestamp: false),
        "ts_of_min_over_time" => new ExtremeOverTime(call, max: false, timestamp: true),
        "ts_of_max_over_time" => new ExtremeOverTime(call, max: true, timestamp: true),
        "first_over_time" => new EdgeOverTime(call, last: false),
        "last_over_time" => new EdgeOverTime(call, last: true),
        "ts_of_first_over_time" => new EdgeTimeOverTime(call, last: false),
        "ts_of_last_over_time" => new EdgeTimeOverTime(call, last: true),
        "present_over_time" or "absent_over_time" => new PresentOverTime(call),
        "stddev_over_time" => new VarianceOverTime(call, deviation: true),
        "stdvar_over_time" => new VarianceOverTime(call, deviation: false),
        "quantile_over_time" => new QuantileOverTime(call, arguments[0], call.Position),
        "mad_over_time" => new MadOverTime(call),
        "deriv" => new RegressionKernel(call, ahead: null),
        "predict_linear" => new RegressionKernel(call, arguments[0]),
        "double_exponential_smoothing" => new DoubleExponentialSmoothing(call, arguments[0], arguments[1]),
        _ => throw new InvalidOperationException($"{name} is no function of a range"),
    };
}
