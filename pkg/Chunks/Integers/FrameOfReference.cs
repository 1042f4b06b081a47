using System.Numerics;
using System.Runtime.CompilerServices;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Chunks.Integers;

/// <summary>
/// Chooses base and width for a run of integers, and packs it. Two bases are weighed: the least number, and the least that is no outlier by the distance
/// from the median of a few; for each, the width that makes packed bytes and patches together fewest.
/// </summary>
/// <remarks>Arithmetic is modulo 2^64 throughout: a base far from the numbers costs bytes, never correctness.</remarks>
internal static class FrameOfReference
{
    private const int MedianSample = 15;

    [SkipLocalsInit]
    public static FramePlan Plan(ReadOnlySpan<long> values)
    {
        LongRuns.Range(values, out long least, out long greatest);
        if (least == greatest)
        {
            return new FramePlan(least, 0, 0, 0);
        }

        Span<byte> room = stackalloc byte[ChunkLimits.MaxSamples + BitLengths.Padding];
        ReadOnlySpan<byte> lengths = room[..((values.Length + 63) & ~63)];
        BitLengths.Measure(values, least, room);
        bool wraps = unchecked(greatest - least) < 0;
        WidthChoice choice = WidthChoice.For(lengths, values.Length, wraps ? 63 : Top(least, greatest), hasNegative: wraps);

        // A range of a few bits leaves nothing for patches or another base to win.
        if ((ulong)(greatest - least) > 1)
        {
            long median = MedianOfSample(values);
            BitLengths.MeasureAround(values, median, room);
            int far = wraps ? 64 : Math.Max(BitLengths.Of(least - median), BitLengths.Of(greatest - median));
            int window = WidthChoice.For(lengths, values.Length, far, hasNegative: false).Width;
            if (BitLengths.Of(unchecked(least - median)) > window)
            {
                long inner = LeastWithin(values, lengths, window, median);
                BitLengths.Measure(values, inner, room);
                WidthChoice innerChoice = WidthChoice.For(lengths, values.Length, wraps ? 63 : Top(inner, greatest), hasNegative: true);
                if (innerChoice.Bytes < choice.Bytes)
                {
                    return Exact(values, inner, innerChoice);
                }
            }
        }

        return Exact(values, least, choice);
    }

    /// <summary>Writes width and patches to the header and the packed numbers to the packed stream. The base is the caller's to write.</summary>
    public static void Write(in FramePlan plan, ReadOnlySpan<long> values, ByteBuffer header, ByteBuffer packed)
    {
        header.Add((byte)(plan.Width | (plan.PatchCount > 0 ? ColumnKind.Patched : 0)));
        if (plan.PatchCount > 0)
        {
            header.AddVarint((ulong)plan.PatchCount);
            int next = 0;
            for (int i = 0; i < values.Length; i++)
            {
                long offset = unchecked(values[i] - plan.Base);
                if ((ulong)offset >> plan.Width != 0)
                {
                    header.AddVarint((ulong)(i - next));
                    header.AddVarint(Varint.ZigZag(offset >> plan.Width));
                    next = i + 1;
                }
            }
        }

        BitPacking.Pack(values, plan.Base, plan.Width, packed);
    }

    private static FramePlan Exact(ReadOnlySpan<long> values, long start, WidthChoice choice)
    {
        // What does not fit and is not patched is lost for ever: the numbers themselves have the last word, not the search.
        if (choice.Width == 64 || LongRuns.DifferingBits(values, start) >> choice.Width == 0)
        {
            return new FramePlan(start, choice.Width, 0, 0);
        }

        int count = 0;
        int bytes = 0;
        int next = 0;
        for (int i = 0; i < values.Length; i++)
        {
            long offset = unchecked(values[i] - start);
            if ((ulong)offset >> choice.Width != 0)
            {
                count++;
                bytes += Varint.Length((ulong)(i - next)) + Varint.Length(Varint.ZigZag(offset >> choice.Width));
                next = i + 1;
            }
        }

        return new FramePlan(start, choice.Width, count, bytes);
    }

    /// <summary>Bits of the greatest number counted from <paramref name="start"/>, when that is a signed integer.</summary>
    private static int Top(long start, long greatest) => 64 - BitOperations.LeadingZeroCount((ulong)(greatest - start));

    private static long LeastWithin(ReadOnlySpan<long> values, ReadOnlySpan<byte> lengths, int window, long median)
    {
        long least = median;
        for (int i = 0; i < values.Length; i++)
        {
            if (lengths[i] <= window && values[i] < least)
            {
                least = values[i];
            }
        }

        return least;
    }

    [SkipLocalsInit]
    private static long MedianOfSample(ReadOnlySpan<long> values)
    {
        Span<long> sample = stackalloc long[MedianSample];
        int taken = Math.Min(MedianSample, values.Length);
        for (int i = 0; i < taken; i++)
        {
            // Insertion: a sort of fifteen numbers is cheaper than the call to a general one.
            long value = values[(int)((uint)((2 * i) + 1) * (uint)values.Length / (uint)(2 * taken))];
            int at = i;
            while (at > 0 && sample[at - 1] > value)
            {
                sample[at] = sample[at - 1];
                at--;
            }

            sample[at] = value;
        }

        return sample[taken / 2];
    }
}
