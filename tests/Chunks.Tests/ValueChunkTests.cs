using CsCheck;
using RemoteStore.Chunks.Kernels;
using RemoteStore.Chunks.Tests.Support;
using Shouldly;
using Xunit;

namespace RemoteStore.Chunks.Tests;

public sealed class ValueChunkTests
{
    public static TheoryData<int> Kinds => [.. Enumerable.Range(0, Series.Kinds)];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Decode_EveryLength_GivesTheSameBits(int kind)
    {
        var random = new Random(kind);
        foreach (int count in Enumerable.Range(1, 130).Concat([239, 240, 241, 479, 480, 481, 511, 512, 513, 1015, 1016, 1017, 1023, 1024]))
        {
            long[] values = Series.Make(kind, count, random);

            RoundTrip(values, $"kind {kind}, count {count}");
        }
    }

    [Fact]
    public void Decode_AnyPatterns_GivesTheSameBits() => Gen.Long.Array[1, 300].Sample(values => RoundTrip(values, "any"));

    [Fact]
    public void Decode_AnyMixOfTwoRuns_GivesTheSameBits() => Gen.Select(Gen.Int[0, Series.Kinds - 1], Gen.Int[0, Series.Kinds - 1], Gen.Int[2, 400], Gen.Int)
        .Sample((first, second, count, seed) =>
        {
            var random = new Random(seed);
            long[] values = Series.Make(first, count, random);
            int cut = random.Next(count);
            Series.Make(second, count, random).AsSpan(cut).CopyTo(values.AsSpan(cut));

            RoundTrip(values, $"{first}, {second}");
        });

    [Fact]
    public void Encode_SeveralChunks_AppendsAndLeavesTheReaderBehindEach()
    {
        var header = new Primitives.Encoding.ByteBuffer();
        var packed = new Primitives.Encoding.ByteBuffer();
        var encoder = new ValueChunkEncoder();
        var random = new Random(5);
        List<(long[] Values, int PackedStart, int PackedLength)> chunks = [];
        CodecHint hint = default;
        for (int i = 0; i < 60; i++)
        {
            long[] values = Series.Make(i % Series.Kinds, random.Next(1, 200), random);
            int start = packed.Length;
            encoder.Encode(values, ref hint, header, packed);
            chunks.Add((values, start, packed.Length - start));
        }

        packed.Add(new byte[ChunkLimits.SourcePadding]);
        var reader = new ChunkHeaderReader(header.Written);
        foreach ((long[] values, int start, int length) in chunks)
        {
            long[] decoded = new long[values.Length + ChunkLimits.DestinationPadding];
            ValueChunkDecoder.Decode(ref reader, packed.Written[start..], length, values.Length, decoded);
            decoded.AsSpan(0, values.Length).ToArray().ShouldBe(values);
        }

        reader.Remaining.ShouldBe(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1025)]
    public void Encode_ImpossibleCount_Throws(int count) =>
        Should.Throw<ArgumentOutOfRangeException>(() => Codec.EncodeValues(new long[count]));

    private static void RoundTrip(long[] values, string what)
    {
        Encoded chunk = Codec.EncodeValues(values);
        foreach (KernelLevel level in Codec.Levels)
        {
            (long[] decoded, int headerBytes) = Codec.DecodeValues(level, chunk, values.Length);
            if (!decoded.AsSpan().SequenceEqual(values))
            {
                decoded.ShouldBe(values, $"{level}: {what}");
            }

            headerBytes.ShouldBe(chunk.Header.Length);
        }
    }
}
