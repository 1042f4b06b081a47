using RemoteStore.Model.Histograms;

namespace RemoteStore.PromQL.Functions;

/// <summary>What start timestamps say of resets between neighbours of a column.</summary>
internal static class StartTimes
{
    /// <summary>True when the counter began anew between the sample before <paramref name="i"/> and it; false without start timestamps.</summary>
    public static bool IsReset(ReadOnlySpan<long> starts, ReadOnlySpan<long> times, int i) =>
        i < starts.Length && StartTimestamps.IsReset(starts[i - 1], times[i - 1], starts[i], times[i]);
}
