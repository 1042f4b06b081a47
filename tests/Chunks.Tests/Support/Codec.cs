using System.Runtime.InteropServices;
using RemoteStore.Chunks.Kernels;
using RemoteStore.Primitives.Encoding;

namespace RemoteStore.Chunks.Tests.Support;

/// <summary>An encoded chunk.</summary>
internal sealed record Encoded(byte[] Header, byte[] Packed)
{
    public int TotalBytes => Header.Length + Packed.Length;
}

/// <summary>Encodes, and decodes at every level that the machine has, in memory that is guarded on the side where kernels might go too far.</summary>
internal static class Codec
{
    private const int MaxPacked = 1 << 17;

    [ThreadStatic]
    private static GuardedMemory? t_source;

    [ThreadStatic]
    private static GuardedMemory? t_destination;

    /// <summary>The levels to compare; the scalar one always comes first.</summary>
    public static IReadOnlyList<KernelLevel> Levels { get; } = [.. Enum.GetValues<KernelLevel>().Where(KernelLevels.IsSupported)];

    public static Encoded EncodeValues(ReadOnlySpan<long> values)
    {
        CodecHint none = default;
        return EncodeValues(values, ref none);
    }

    public static Encoded EncodeValues(ReadOnlySpan<long> values, ref CodecHint hint)
    {
        var header = new ByteBuffer();
        var packed = new ByteBuffer();
        new ValueChunkEncoder().Encode(values, ref hint, header, packed);
        return new Encoded(header.Written.ToArray(), packed.Written.ToArray());
    }

    public static Encoded EncodeTimestamps(ReadOnlySpan<long> timestamps)
    {
        var header = new ByteBuffer();
        var packed = new ByteBuffer();
        new TimestampChunkEncoder().Encode(timestamps, header, packed);
        return new Encoded(header.Written.ToArray(), packed.Written.ToArray());
    }

    /// <summary>Decodes values and returns them with the number of header bytes read.</summary>
    public static (long[] Values, int HeaderBytes) DecodeValues(KernelLevel level, Encoded chunk, int count) =>
        Decode(level, chunk, count, isTimestamps: false);

    public static (long[] Values, int HeaderBytes) DecodeTimestamps(KernelLevel level, Encoded chunk, int count) =>
        Decode(level, chunk, count, isTimestamps: true);

    /// <summary>Copies packed bytes before a guard page; the padding behind them is filled with ones and zeros by turns.</summary>
    public static ReadOnlySpan<byte> Guard(ReadOnlySpan<byte> packed)
    {
        t_source ??= new GuardedMemory(MaxPacked + ChunkLimits.SourcePadding);
        Span<byte> source = t_source.Last(packed.Length + ChunkLimits.SourcePadding);
        packed.CopyTo(source);
        source[packed.Length..].Fill((byte)(packed.Length % 2 == 0 ? 0xff : 0x5a));
        return source;
    }

    private static (long[] Values, int HeaderBytes) Decode(KernelLevel level, Encoded chunk, int count, bool isTimestamps)
    {
        ReadOnlySpan<byte> source = Guard(chunk.Packed);
        t_destination ??= new GuardedMemory((ChunkLimits.MaxSamples + ChunkLimits.DestinationPadding) * sizeof(long));
        int room = (Math.Clamp(count, 0, ChunkLimits.MaxSamples) + ChunkLimits.DestinationPadding) * sizeof(long);
        Span<long> destination = MemoryMarshal.Cast<byte, long>(t_destination.Last(room));
        destination.Fill(0x5a5a5a5a5a5a5a5a);
        var reader = new ChunkHeaderReader(chunk.Header);
        if (isTimestamps)
        {
            KernelDispatch.Timestamps(level, ref reader, source, chunk.Packed.Length, count, destination);
        }
        else
        {
            KernelDispatch.Values(level, ref reader, source, chunk.Packed.Length, count, destination);
        }

        return (destination[..count].ToArray(), reader.Position);
    }
}
