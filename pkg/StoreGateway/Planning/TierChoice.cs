using RemoteStore.Storage.Querying;

namespace RemoteStore.StoreGateway.Planning;

/// <summary>Which resolutions may stand in for samples that are there.</summary>
/// <param name="hints">What the consumer does with what it gets.</param>
internal readonly struct TierChoice(in SelectHints hints)
{
    private readonly SelectHints _hints = hints;

    /// <summary>Samples before this time are not to be read, nor does the local store show them, though there may be some.</summary>
    public long RawFloorMs { get; init; } = long.MinValue;

    /// <summary>True when windows are given as windows; else the last sample of each, where there is nothing better.</summary>
    public bool Windows => _hints.AcceptsWindows;

    /// <summary>True when windows of the resolution may be read in place of samples: the answer is the same, or the caller takes an approximation.</summary>
    public bool Accepts(long resolutionMs) =>
        (_hints.AcceptsWindows && resolutionMs <= _hints.MaxResolutionMs) || DividesNone(resolutionMs);

    /// <summary>True when no evaluation's range begins or ends inside a window of the resolution.</summary>
    public bool DividesNone(long resolutionMs) => _hints.AcceptsWindows && IsExactFunction(_hints.Function) && IsAligned(resolutionMs);

    /// <summary>True when each evaluation looks at whole windows: its range is some of them, and they end where it ends.</summary>
    private bool IsAligned(long resolutionMs) =>
        _hints.RangeMs > 0 && _hints.RangeMs % resolutionMs == 0 && _hints.FirstEvaluationMs % resolutionMs == 0 && _hints.StepMs % resolutionMs == 0;

    /// <summary>Functions whose answer over whole windows is that over the samples in them.</summary>
    private static bool IsExactFunction(string function) => function is "avg_over_time" or "sum_over_time" or "min_over_time" or "max_over_time"
        or "count_over_time" or "last_over_time" or "first_over_time" or "present_over_time" or "absent_over_time" or "rate" or "increase" or "delta";
}
