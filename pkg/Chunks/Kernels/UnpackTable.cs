using System.Runtime.InteropServices;

namespace RemoteStore.Chunks.Kernels;

/// <summary>
/// For each width where the bits of eight adjacent numbers lie: they take exactly width bytes, so that the pattern repeats. Kept outside the managed heap, because kernels
/// load it by pointer; it lives as long as the process.
/// </summary>
internal static unsafe class UnpackTable
{
    /// <summary>Bytes of the table for one width.</summary>
    public const int Stride = 256;

    /// <summary>Offset of eight 64-bit shift counts: the bit within its first byte at which each number begins.</summary>
    public const int Shifts = 0;

    /// <summary>Offset of 64 byte indices: for each number the eight bytes from its first on.</summary>
    public const int Bytes = 64;

    /// <summary>Offset of 64 byte indices for pairs of numbers: as above, but from the first byte of the first number of the pair.</summary>
    public const int PairBytes = 128;

    /// <summary>Offset of four 32-bit numbers: the first byte of each pair.</summary>
    public const int PairStarts = 192;

    // Safety: written once before the field is set, then only read.
    private static readonly byte* s_table = Build();

    /// <summary>The table of a width from 0 to 57.</summary>
    public static byte* Of(int width) => s_table + (width * Stride);

    private static byte* Build()
    {
        var table = (byte*)NativeMemory.AlignedAlloc((ChunkLimits.MaxPackedWidth + 1) * Stride, 64);
        NativeMemory.Clear(table, (ChunkLimits.MaxPackedWidth + 1) * Stride);
        for (int width = 0; width <= ChunkLimits.MaxPackedWidth; width++)
        {
            byte* entry = table + (width * Stride);
            for (int i = 0; i < 8; i++)
            {
                int first = (i * width) >> 3;
                int pair = ((i & ~1) * width) >> 3;
                ((long*)(entry + Shifts))[i] = (i * width) & 7;
                ((int*)(entry + PairStarts))[i >> 1] = pair;
                for (int j = 0; j < 8; j++)
                {
                    entry[Bytes + (i * 8) + j] = (byte)(first + j);
                    entry[PairBytes + (i * 8) + j] = (byte)(first - pair + j);
                }
            }
        }

        return table;
    }
}
