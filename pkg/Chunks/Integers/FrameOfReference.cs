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
    private const int Bins = 65;
    private const int MedianSample = 15;

    [SkipLocalsInit]
    public static FramePlan Plan(ReadOnlySpan<long> values)
    {
        long least = values[0];
        long greatest = values[0];
        foreach (long value in values)
        {
            least = Math.Min(least, value);
            greatest = Math.Max(greatest, value);
        }

        Span<int> bins = stackalloc int[2 * Bins];
        (int width, int bytes) = WidthFor(values, least, bins);

        // A range of a few bits leaves nothing for patches or another base to win.
        if ((ulong)(greatest - least) > 1)
        {
            long median = MedianOfSample(values);
            int window = WindowAround(values, median, bins);
            if (BitLength(Varint.ZigZag(least - median)) > window)
            {
                long inner = LeastWithin(values, median, window);
                (int innerWidth, int innerBytes) = WidthFor(values, inner, bins);
                if (innerBytes < bytes)
                {
                    return Exact(values, inner, innerWidth);
                }
            }
        }

        return Exact(values, least, width);
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

    private static FramePlan Exact(ReadOnlySpan<long> values, long start, int width)
    {
        int count = 0;
        int bytes = 0;
        if (width < 64)
        {
            int next = 0;
            for (int i = 0; i < values.Length; i++)
            {
                long offset = unchecked(values[i] - start);
                if ((ulong)offset >> width != 0)
                {
                    count++;
                    bytes += Varint.Length((ulong)(i - next)) + Varint.Length(Varint.ZigZag(offset >> width));
                    next = i + 1;
                }
            }
        }

        return new FramePlan(start, width, count, bytes);
    }

    /// <summary>The width with the fewest bytes for numbers counted from <paramref name="start"/>; numbers below it are always patched.</summary>
    private static (int Width, int Bytes) WidthFor(ReadOnlySpan<long> values, long start, Span<int> bins)
    {
        bins.Clear();
        foreach (long value in values)
        {
            long offset = unchecked(value - start);
            long sign = offset >> 63;
            bins[BitLength((ulong)(offset ^ sign)) + (int)(sign & Bins)]++;
        }

        return BestWidth(values.Length, bins[..Bins], bins[Bins..]);
    }

    /// <summary>Width of the window around <paramref name="median"/> that would be packed at the least cost.</summary>
    private static int WindowAround(ReadOnlySpan<long> values, long median, Span<int> bins)
    {
        bins.Clear();
        foreach (long value in values)
        {
            bins[BitLength(Varint.ZigZag(unchecked(value - median)))]++;
        }

        return BestWidth(values.Length, bins[..Bins], bins[Bins..]).Width;
    }

    private static long LeastWithin(ReadOnlySpan<long> values, long median, int window)
    {
        long least = median;
        foreach (long value in values)
        {
            if (value < least && BitLength(Varint.ZigZag(unchecked(value - median))) <= window)
            {
                least = value;
            }
        }

        return least;
    }

    private static (int Width, int Bytes) BestWidth(int count, ReadOnlySpan<int> above, ReadOnlySpan<int> below)
    {
        int bestWidth = 64;
        int best = count * sizeof(long);
        int negatives = 0;
        foreach (int n in below)
        {
            negatives += n;
        }

        int top = Bins - 1;
        while (top > 0 && above[top] == 0)
        {
            top--;
        }

        int exceptions = negatives;
        for (int width = top; ; width--)
        {
            // Each patch costs two bytes at least, and narrower widths only have more of them.
            if (2 * exceptions >= best)
            {
                break;
            }

            if (width <= ChunkLimits.MaxPackedWidth)
            {
                int bytes = (((count * width) + 7) >> 3) + (exceptions > 0 ? 1 + PatchBytes(above, below, negatives, width, top) : 0);
                if (bytes < best)
                {
                    best = bytes;
                    bestWidth = width;
                }
            }

            if (width == 0)
            {
                break;
            }

            exceptions += above[width];
        }

        return (bestWidth, best);
    }

    /// <summary>Estimate: a byte for each position, and the bytes of the bits above the width.</summary>
    private static int PatchBytes(ReadOnlySpan<int> above, ReadOnlySpan<int> below, int negatives, int width, int top)
    {
        int bytes = 0;
        for (int bits = width + 1; bits <= top; bits++)
        {
            bytes += above[bits] * (1 + ((bits - width + 7) / 7));
        }

        if (negatives > 0)
        {
            for (int bits = 0; bits < Bins; bits++)
            {
                bytes += below[bits] * (1 + ((Math.Max(bits - width, 0) + 7) / 7));
            }
        }

        return bytes;
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int BitLength(ulong value) => 64 - BitOperations.LeadingZeroCount(value);
}
