using RemoteStore.Chunks.Integers;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Chunks;

/// <summary>
/// Encodes columns of timestamps: those that the series of a scrape target share, those of one series, or start timestamps. Any 64-bit integers in any order come
/// back; regular ones are small: a constant or an unbroken step takes a few bytes, a change of a constant two to seven more.
/// </summary>
/// <remarks>Keeps scratch memory; not safe for concurrent use.</remarks>
public sealed class TimestampChunkEncoder
{
    private readonly IntegerColumnEncoder _column = new();

    /// <summary>Appends one chunk.</summary>
    /// <param name="timestampsMs">1 to <see cref="ChunkLimits.MaxSamples"/> timestamps, milliseconds since the Unix epoch.</param>
    /// <param name="header">Gets the header bytes, which tell their own length.</param>
    /// <param name="packed">Gets the packed bytes, perhaps none; the caller keeps their number.</param>
    /// <exception cref="ArgumentException">There are none or too many timestamps.</exception>
    public void Encode(ReadOnlySpan<long> timestampsMs, ByteBuffer header, ByteBuffer packed)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(packed);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)(timestampsMs.Length - 1), ChunkLimits.MaxSamples - 1u, nameof(timestampsMs));
        ColumnPlan plan = _column.Plan(timestampsMs, fixedAnchor: false);
        header.Add(plan.Kind);
        _column.Write(plan, timestampsMs, header, packed);
    }
}
