using System.IO.Hashing;

namespace RemoteStore.Tsdb.Heads;

/// <summary>Stands in for a histogram's payload where a float has its bits: equal payloads have equal numbers, and different ones practically never.</summary>
internal static class HistogramBits
{
    /// <summary>64-bit hash of the payload.</summary>
    public static long Of(ReadOnlySpan<byte> payload) => unchecked((long)XxHash3.HashToUInt64(payload));
}
