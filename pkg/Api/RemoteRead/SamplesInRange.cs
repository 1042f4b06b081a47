using RemoteStore.Model;

namespace RemoteStore.Api.RemoteRead;

/// <summary>Finds samples of a range among ascending timestamps.</summary>
internal static class SamplesInRange
{
    /// <summary>Index and number of the samples in the range.</summary>
    public static (int First, int Count) OfFloats(ReadOnlySpan<long> timestamps, QueryRange range)
    {
        int first = FirstAtOrAfter(timestamps, range.MinTime);
        int end = range.MaxTime == long.MaxValue ? timestamps.Length : FirstAtOrAfter(timestamps, range.MaxTime + 1);
        return end > first ? (first, end - first) : (0, 0);
    }

    /// <summary>Index of the first sample not before a time; the length when there is none.</summary>
    public static int FirstAtOrAfter(ReadOnlySpan<long> timestamps, long timestampMs)
    {
        int index = timestamps.BinarySearch(timestampMs);
        return index >= 0 ? index : ~index;
    }
}
