using CsCheck;
using RemoteStore.Chunks.Kernels;
using RemoteStore.Chunks.Tests.Support;
using Shouldly;
using Xunit;

namespace RemoteStore.Chunks.Tests;

/// <summary>Bytes that no encoder wrote: a refusal or some values, the same at every level, and no touch outside the guarded buffers.</summary>
public sealed class HostileBytesTests
{
    [Fact]
    public void Decode_DamagedValues_IsRefusedOrAgreesAtEveryLevel() =>
        Gen.Select(Gen.Int[0, Series.Kinds - 1], Gen.Int[1, 300], Gen.Int).Sample((kind, count, seed) =>
        {
            var random = new Random(seed);
            Encoded chunk = Codec.EncodeValues(Series.Make(kind, count, random));
            for (int i = 0; i < 20; i++)
            {
                Agree(Damage.Apply(chunk, random), random.Next(6) == 0 ? random.Next(-1, 1100) : count);
            }
        });

    [Fact]
    public void Decode_RandomBytes_IsRefusedOrAgreesAtEveryLevel() =>
        Gen.Select(Gen.Byte.Array[0, 40], Gen.Byte.Array[0, 300], Gen.Int[-1, 1100]).Sample((header, packed, count) => Agree(new Encoded(header, packed), count));

    [Fact]
    public void Decode_PackedBytesCutOrExtended_IsRefused()
    {
        var random = new Random(11);
        for (int kind = 0; kind < Series.Kinds; kind++)
        {
            Encoded chunk = Codec.EncodeValues(Series.Make(kind, 200, random));
            Should.Throw<InvalidDataException>(() => Codec.DecodeValues(KernelLevel.Scalar, chunk with { Packed = [.. chunk.Packed, 0] }, 200));
            if (chunk.Packed.Length > 0)
            {
                Should.Throw<InvalidDataException>(() => Codec.DecodeValues(KernelLevel.Scalar, chunk with { Packed = chunk.Packed[..^1] }, 200));
            }
        }
    }

    [Fact]
    public void Decode_HeaderCut_IsRefused()
    {
        var random = new Random(12);
        for (int kind = 0; kind < Series.Kinds; kind++)
        {
            Encoded chunk = Codec.EncodeValues(Series.Make(kind, 200, random));
            for (int length = 0; length < chunk.Header.Length; length++)
            {
                Should.Throw<InvalidDataException>(() => Codec.DecodeValues(KernelLevel.Scalar, chunk with { Header = chunk.Header[..length] }, 200));
            }
        }
    }

    [Fact]
    public void Decode_BufferWithoutPadding_Throws()
    {
        Encoded chunk = Codec.EncodeValues(Series.Make(5, 10, new Random(1)));

        Should.Throw<ArgumentException>(() => Decode(chunk.Packed.Length + ChunkLimits.SourcePadding - 1, 10 + ChunkLimits.DestinationPadding));
        Should.Throw<ArgumentException>(() => Decode(chunk.Packed.Length + ChunkLimits.SourcePadding, 10 + ChunkLimits.DestinationPadding - 1));

        void Decode(int sourceLength, int destinationLength)
        {
            byte[] source = new byte[sourceLength];
            chunk.Packed.CopyTo(source, 0);
            var reader = new ChunkHeaderReader(chunk.Header);
            ValueChunkDecoder.Decode(ref reader, source, chunk.Packed.Length, 10, new long[destinationLength]);
        }
    }

    private static void Agree(Encoded chunk, int count)
    {
        foreach (bool isTimestamps in new[] { false, true })
        {
            long[]? expected = TryDecode(KernelLevel.Scalar, chunk, count, isTimestamps);
            foreach (KernelLevel level in Codec.Levels)
            {
                long[]? decoded = TryDecode(level, chunk, count, isTimestamps);
                (decoded is null).ShouldBe(expected is null, level.ToString());
                (decoded ?? []).ShouldBe(expected ?? [], level.ToString());
            }
        }
    }

    private static long[]? TryDecode(KernelLevel level, Encoded chunk, int count, bool isTimestamps)
    {
        try
        {
            return isTimestamps ? Codec.DecodeTimestamps(level, chunk, count).Values : Codec.DecodeValues(level, chunk, count).Values;
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
