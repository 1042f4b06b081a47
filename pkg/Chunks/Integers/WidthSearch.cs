using System.Runtime.CompilerServices;

namespace RemoteStore.Chunks.Integers;

/// <summary>A width for a run of numbers, with the bytes that it is expected to take and how many numbers do not fit.</summary>
internal readonly record struct WidthChoice(int Width, int Bytes, int Exceptions)
{
    private const int MostLengths = 2 * 65;

    /// <summary>
    /// The width that makes packed bytes and patches together fewest. Only lengths that occur are tried: narrower by a bit that no number has costs patches and saves
    /// nothing else. A patch is taken to cost a byte for its place and the bytes of the bits above the width.
    /// </summary>
    /// <param name="lengths">Lengths by <see cref="BitLengths"/>, with filler up to a multiple of 64.</param>
    /// <param name="count">How many numbers.</param>
    /// <param name="top">No length is greater, the negative ones aside.</param>
    /// <param name="hasNegative">True when some may be negative; those never fit.</param>
    [SkipLocalsInit]
    public static WidthChoice For(ReadOnlySpan<byte> lengths, int count, int top, bool hasNegative)
    {
        Span<int> bits = stackalloc int[MostLengths];
        Span<int> numbers = stackalloc int[MostLengths];
        int kinds = 0;
        int exceptions = 0;
        if (hasNegative && BitLengths.CountNegative(lengths) > 0)
        {
            for (int length = 0; length < 64; length++)
            {
                int n = BitLengths.Count(lengths, length | BitLengths.Negative);
                if (n > 0)
                {
                    bits[kinds] = length;
                    numbers[kinds++] = n;
                    exceptions += n;
                }
            }
        }

        var best = new WidthChoice(64, count * sizeof(long), 0);
        for (int width = top; ; width--)
        {
            int n = BitLengths.Count(lengths, width);
            if (n > 0 || width == 0)
            {
                if (width <= ChunkLimits.MaxPackedWidth)
                {
                    int bytes = (((count * width) + 7) >> 3) + (exceptions > 0 ? 1 : 0);
                    for (int i = 0; i < kinds; i++)
                    {
                        bytes += numbers[i] * (1 + ((Math.Max(bits[i] - width, 0) + 7) / 7));
                    }

                    if (bytes < best.Bytes)
                    {
                        best = new WidthChoice(width, bytes, exceptions);
                    }
                }

                bits[kinds] = width;
                numbers[kinds++] = n;
                exceptions += n;
            }

            // Patches cost two bytes at least. With seven of eight numbers patched, a bit less packed is a bit more patched.
            if (width == 0 || 2 * exceptions >= best.Bytes || 8 * exceptions >= 7 * count)
            {
                return best;
            }
        }
    }
}
