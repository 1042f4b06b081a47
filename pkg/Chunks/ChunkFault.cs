using System.Diagnostics.CodeAnalysis;

namespace RemoteStore.Chunks;

/// <summary>Throws for bytes that no encoder writes. Apart, so that decoders stay small.</summary>
internal static class ChunkFault
{
    [DoesNotReturn]
    public static void Kind() => throw new InvalidDataException("a chunk is of no known kind");

    [DoesNotReturn]
    public static void Field() => throw new InvalidDataException("a field in the header of a chunk is out of range");

    [DoesNotReturn]
    public static void Packed() => throw new InvalidDataException("the packed bytes of a chunk are fewer or more than its header tells");

    [DoesNotReturn]
    public static void Position() => throw new InvalidDataException("a position in a chunk lies behind its last sample");

    [DoesNotReturn]
    public static void Bitmap() => throw new InvalidDataException("a bitmap in a chunk does not fit its header");

    [DoesNotReturn]
    public static void Histogram() => throw new InvalidDataException("the layout of histograms in a chunk is not possible");

    /// <summary>Checks what the caller of a decoder promises about its buffers.</summary>
    public static void CheckArguments(int packedSpanLength, int packedLength, int count, int destinationLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(packedLength);
        if ((uint)(count - 1) >= ChunkLimits.MaxSamples)
        {
            throw new InvalidDataException("a chunk holds 1 to 1024 samples");
        }

        if (packedSpanLength - ChunkLimits.SourcePadding < packedLength)
        {
            throw new ArgumentException("the packed bytes lack their padding", nameof(packedLength));
        }

        if (destinationLength < count + ChunkLimits.DestinationPadding)
        {
            throw new ArgumentException("the destination lacks its padding", nameof(destinationLength));
        }
    }
}
