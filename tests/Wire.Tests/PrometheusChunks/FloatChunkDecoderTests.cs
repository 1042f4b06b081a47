using CsCheck;
using RemoteStore.Model.Samples;
using RemoteStore.Wire.PrometheusChunks;
using Shouldly;
using Xunit;

namespace RemoteStore.Wire.Tests.PrometheusChunks;

public sealed class FloatChunkDecoderTests
{
    [Fact]
    public void Floats_ReadBack_ToTheBit()
    {
        Gen<long> distance = Gen.OneOf(Gen.Const(15_000L), Gen.Long[1, 20], Gen.Long[1, 1 << 18], Gen.Long[1, 1L << 40]);
        Gen<long> value = Gen.OneOf(Gen.Const(0x3ff0000000000000L), Gen.Long, Gen.Double.Select(BitConverter.DoubleToInt64Bits), Gen.Const(SampleBits.StaleMarker));
        Gen.Select(Gen.Long[-(1L << 50), 1L << 50], Gen.Select(distance, value).Array[1, 130]).Sample(static (start, samples) =>
        {
            long[] times = new long[samples.Length];
            for (int i = 0; i < times.Length; i++)
            {
                times[i] = i == 0 ? start : times[i - 1] + samples[i].Item1;
            }

            long[] bits = [.. samples.Select(static s => s.Item2)];
            Columns read = Decode(ChunkEncoding.Xor, new FloatChunkEncoder().Encode(times, bits));

            read.Times.ShouldBe(times);
            read.Bits.ShouldBe(bits);
            read.Starts.ShouldAllBe(static start => start == 0);
        });
    }

    [Fact]
    public void StartedChunk_EveryKindOfSample_IsReadAsTheFormatSays()
    {
        var bits = new BitWriter();
        bits.Bits(7, 16);
        bits.Byte(0x80 | 3); // the first start is known, the fourth sample and those behind tell theirs
        bits.Varint(Primitives.Encoding.Varint.ZigZag(100_000));
        bits.Float(1.0);
        bits.Varint(Primitives.Encoding.Varint.ZigZag(60_000)); // start at 40,000
        bits.Varint(10_000);
        bits.Bit(false); // the same value
        bits.Bits(0b11111, 5); // same distance, stale
        bits.Bits(0b110, 3);
        bits.Bits(unchecked((ulong)-5) & 0x1fff, 13); // distance 9,995
        bits.Bits(0b110, 3); // bounds: 1.0 to 1.5 is one bit
        Bounds(bits, 1.0, 1.5);
        bits.Signed(20_000); // start 20,000 before the sample before
        bits.Bits(0b10, 2);
        bits.Bits(0, 1); // within the bounds
        bits.Bits(1, 1); // back to 1.0
        bits.Signed(0);
        bits.Bits(0b1110, 4);
        bits.Bits(5, 20); // distance 10,000
        bits.Bits(0b111, 3); // stale
        bits.Signed(1);
        bits.Bit(false); // as before the stale marker
        bits.Signed(0);

        Columns read = Decode(ChunkEncoding.Xor2, bits.Written);

        read.Times.ShouldBe([100_000, 110_000, 120_000, 129_995, 139_990, 149_990, 159_990]);
        long one = BitConverter.DoubleToInt64Bits(1.0);
        read.Bits.ShouldBe([one, one, SampleBits.StaleMarker, BitConverter.DoubleToInt64Bits(1.5), one, SampleBits.StaleMarker, one]);
        read.Starts.ShouldBe([40_000, 40_000, 40_000, 100_000, 109_995, 119_989, 129_989]);
    }

    [Fact]
    public void ArbitraryBytes_GiveSamplesOrAFault() => Gen.Select(Gen.Bool, Gen.Byte.Array[0, 200]).Sample(static (withStarts, bytes) =>
    {
        ChunkEncoding encoding = withStarts ? ChunkEncoding.Xor2 : ChunkEncoding.Xor;
        try
        {
            Decode(encoding, bytes).Times.Length.ShouldBe(FloatChunkDecoder.Count(bytes));
        }
        catch (InvalidDataException fault)
        {
            fault.Message.ShouldNotBeEmpty();
        }
    });

    private static void Bounds(BitWriter bits, double from, double to)
    {
        ulong difference = BitConverter.DoubleToUInt64Bits(from) ^ BitConverter.DoubleToUInt64Bits(to);
        int leading = System.Numerics.BitOperations.LeadingZeroCount(difference);
        int trailing = System.Numerics.BitOperations.TrailingZeroCount(difference);
        bits.Bits((ulong)leading, 5);
        bits.Bits((ulong)(64 - leading - trailing), 6);
        bits.Bits(difference >> trailing, 64 - leading - trailing);
    }

    private static Columns Decode(ChunkEncoding encoding, ReadOnlySpan<byte> chunk)
    {
        int count = FloatChunkDecoder.Count(chunk);
        var columns = new Columns(new long[count], new long[count], new long[count]);
        FloatChunkDecoder.Decode(encoding, chunk, columns.Times, columns.Bits, columns.Starts);
        return columns;
    }

    private sealed record Columns(long[] Times, long[] Bits, long[] Starts);
}
