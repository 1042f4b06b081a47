using RemoteStore.Storage.Querying;

namespace RemoteStore.PromQL.Windowed;

/// <summary>What of windows the consumers of selectors read.</summary>
internal static class WindowNeeds
{
    /// <summary>What an instant selector needs: the newest known sample at any time.</summary>
    public const WindowColumns Instant = WindowColumns.Last | WindowColumns.First;

    /// <summary>What a function of ranges needs; everything when it is not known.</summary>
    public static WindowColumns OfRange(string function) => function switch
    {
        "rate" or "increase" or "irate" => WindowColumns.First | WindowColumns.Last | WindowColumns.Count | WindowColumns.Resets,
        "delta" or "idelta" => WindowColumns.First | WindowColumns.Last | WindowColumns.Count,
        "resets" => WindowColumns.First | WindowColumns.Last | WindowColumns.Count | WindowColumns.Resets,
        "changes" => WindowColumns.First | WindowColumns.Last | WindowColumns.Count | WindowColumns.Min | WindowColumns.Max,
        "sum_over_time" => WindowColumns.Last | WindowColumns.Sum,
        "avg_over_time" => WindowColumns.Last | WindowColumns.Sum | WindowColumns.Count,
        "count_over_time" => WindowColumns.Last | WindowColumns.Count,
        "min_over_time" => WindowColumns.Last | WindowColumns.Min,
        "max_over_time" => WindowColumns.Last | WindowColumns.Max,
        "ts_of_min_over_time" => WindowColumns.First | WindowColumns.Last | WindowColumns.Count | WindowColumns.Min,
        "ts_of_max_over_time" => WindowColumns.First | WindowColumns.Last | WindowColumns.Count | WindowColumns.Max,
        "first_over_time" or "last_over_time" or "ts_of_first_over_time" or "ts_of_last_over_time" => WindowColumns.First | WindowColumns.Last,
        "present_over_time" or "absent_over_time" => WindowColumns.Last,
        "quantile_over_time" or "mad_over_time" or "stddev_over_time" or "stdvar_over_time" =>
            WindowColumns.Last | WindowColumns.Min | WindowColumns.Max | WindowColumns.Sum | WindowColumns.Count,
        "deriv" or "predict_linear" or "double_exponential_smoothing" =>
            WindowColumns.First | WindowColumns.Last | WindowColumns.Sum | WindowColumns.Count,
        _ => WindowColumns.All,
    };
}
