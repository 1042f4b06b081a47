using System.Buffers.Binary;
using System.Security.Cryptography;
using RemoteStore.Blocks.Format;
using RemoteStore.Model;
using RemoteStore.PrometheusBlocks.Format;

namespace RemoteStore.PrometheusBlocks.Importing;

/// <summary>
/// Cuts a block of Prometheus at midnights, UTC: ranges of Prometheus are multiples of two hours but fit into no day from 18 hours on, and blocks longer than a day are
/// as large as they are long.
/// </summary>
public static class ImportPlan
{
    private const long HourMs = 3_600_000;
    private const long DayMs = 24 * HourMs;
    private const int MaxDays = 10_000;

    private static readonly long[] s_rangesMs = [2 * HourMs, 12 * HourMs, DayMs];

    /// <summary>The pieces of a block, oldest first.</summary>
    /// <exception cref="FormatException">It spans more time than a block can.</exception>
    public static IReadOnlyList<ImportPiece> Of(PrometheusBlockMeta meta)
    {
        ArgumentNullException.ThrowIfNull(meta);
        BlockRange range = meta.Range;
        BlockRange first = BlockRange.Containing(range.Start, DayMs);
        if (range.Length > MaxDays * (ulong)DayMs)
        {
            throw new FormatException($"block {meta.Id} says that it spans the times from {range.Start} to {range.End}, which are more than {MaxDays} days");
        }

        if (range.End <= first.End)
        {
            return [Piece(meta.Id, meta.Times)];
        }

        var pieces = new List<ImportPiece>();
        for (BlockRange day = first; day.Start < range.End; day = new(day.End, day.End + DayMs))
        {
            pieces.Add(Piece(IdOf(meta.Id, day.Start), new(Math.Max(day.Start, range.Start), Math.Min(day.End, range.End) - 1)));
        }

        return pieces;
    }

    private static ImportPiece Piece(BlockId id, QueryRange times)
    {
        foreach (long length in s_rangesMs)
        {
            BlockRange range = BlockRange.Containing(times.MinTime, length);
            if (range.Contains(times.MaxTime))
            {
                return new(id, times, range);
            }
        }

        return new(id, times, new(times.MinTime, times.MaxTime + 1)); // where the 64 bits of a time end
    }

    /// <summary>The time of the whole block's name, and bits that tell the days apart.</summary>
    private static BlockId IdOf(BlockId whole, long dayMs)
    {
        Span<byte> input = stackalloc byte[3 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(input, whole.High);
        BinaryPrimitives.WriteUInt64BigEndian(input[sizeof(ulong)..], whole.Low);
        BinaryPrimitives.WriteInt64BigEndian(input[(2 * sizeof(ulong))..], dayMs);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, hash);
        return new((whole.High & ~0xffffUL) | BinaryPrimitives.ReadUInt16BigEndian(hash), BinaryPrimitives.ReadUInt64BigEndian(hash[sizeof(ushort)..]));
    }
}
