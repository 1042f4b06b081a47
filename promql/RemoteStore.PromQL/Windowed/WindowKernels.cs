using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Operators;

namespace RemoteStore.PromQL.Windowed;

/// <summary>The functions of ranges over windows, by name.</summary>
internal static class WindowKernels
{
    /// <summary>Creates the function.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="call">The call, with a plain range.</param>
    /// <param name="arguments">Its scalar arguments.</param>
    /// <param name="notes">Where it tells of estimates.</param>
    /// <param name="raw">The same function over samples.</param>
    public static WindowKernel Create(string name, RangeCall call, ScalarArguments arguments, WindowNotes notes, RangeKernel raw) => name switch
    {
        "rate" => new WindowRates(call, notes, isCounter: true, isRate: true),
        "increase" => new WindowRates(call, notes, isCounter: true, isRate: false),
        "delta" => new WindowRates(call, notes, isCounter: false, isRate: false),
        "irate" => new WindowInstantRates(call, notes, isRate: true),
        "idelta" => new WindowInstantRates(call, notes, isRate: false),
        "resets" => new WindowChanges(call, notes, resets: true),
        "changes" => new WindowChanges(call, notes, resets: false),
        "sum_over_time" => new WindowSums(call, notes, isAverage: false),
        "avg_over_time" => new WindowSums(call, notes, isAverage: true),
        "count_over_time" => new WindowCounts(call, notes, isPresence: false),
        "present_over_time" or "absent_over_time" => new WindowCounts(call, notes, isPresence: true),
        "min_over_time" => new WindowExtremes(call, notes, max: false, timestamp: false),
        "max_over_time" => new WindowExtremes(call, notes, max: true, timestamp: false),
        "ts_of_min_over_time" => new WindowExtremes(call, notes, max: false, timestamp: true),
        "ts_of_max_over_time" => new WindowExtremes(call, notes, max: true, timestamp: true),
        "first_over_time" => new WindowEdges(call, notes, last: false, timestamp: false),
        "last_over_time" => new WindowEdges(call, notes, last: true, timestamp: false),
        "ts_of_first_over_time" => new WindowEdges(call, notes, last: false, timestamp: true),
        "ts_of_last_over_time" => new WindowEdges(call, notes, last: true, timestamp: true),
        "stddev_over_time" => new WindowDistributions(call, notes, Spread.Deviation, []),
        "stdvar_over_time" => new WindowDistributions(call, notes, Spread.Variance, []),
        "mad_over_time" => new WindowDistributions(call, notes, Spread.MedianDistance, []),
        "quantile_over_time" => new WindowDistributions(call, notes, Spread.Quantile, arguments[0]),
        "deriv" => new WindowTrends(call, notes, raw, []),
        "predict_linear" => new WindowTrends(call, notes, raw, arguments[0]),
        "double_exponential_smoothing" => new WindowTrends(call, notes, raw, null),
        _ => throw new InvalidOperationException($"{name} is no function of a range"),
    };
}
