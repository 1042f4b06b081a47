using RemoteStore.Model;

namespace RemoteStore.Blocks.Format;

/// <summary>The time a block is for: from <see cref="Start"/> up to but without <see cref="End"/>, milliseconds since the Unix epoch.</summary>
/// <param name="Start">First millisecond of the range.</param>
/// <param name="End">First millisecond behind it.</param>
public readonly record struct BlockRange(long Start, long End)
{
    /// <summary>Length in milliseconds, modulo 2^64.</summary>
    public ulong Length => unchecked((ulong)(End - Start));

    /// <summary>The aligned range of the given length that a time lies in; cut short where the 64 bits of a time end.</summary>
    /// <param name="timestampMs">The time.</param>
    /// <param name="lengthMs">Length of all ranges, above 0; they are aligned to the Unix epoch.</param>
    public static BlockRange Containing(long timestampMs, long lengthMs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lengthMs, 1);
        Int128 rest = (((Int128)timestampMs % lengthMs) + lengthMs) % lengthMs;
        Int128 start = timestampMs - rest;
        return new((long)Int128.Max(start, long.MinValue), (long)Int128.Min(start + lengthMs, long.MaxValue));
    }

    /// <summary>True when the time lies in it.</summary>
    public bool Contains(long timestampMs) => timestampMs >= Start && timestampMs < End;

    /// <summary>True when a time of the query range lies in it.</summary>
    public bool Overlaps(QueryRange range) => range.MinTime < End && range.MaxTime >= Start;
}
