using System.Buffers;
using System.Buffers.Binary;
using CsCheck;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Encoding;
using RemoteStore.Wire.PrometheusChunks;
using RemoteStore.Wire.RemoteRead;
using Shouldly;
using Xunit;

namespace RemoteStore.Wire.Tests.RemoteRead;

public sealed class ChunkedReadTests
{
    [Fact]
    public void Checksum_IsCastagnolis() => Crc32C.Compute("123456789"u8).ShouldBe(0xe3069283);

    [Fact]
    public void FloatChunk_OfRegularSamples_HasTheBytesOfTheFormat()
    {
        // Count 3; time 1 as a signed varint; 1.0; distance 1; the same value; no change of distance; the same value.
        byte[] chunk = new FloatChunkEncoder().Encode([1, 2, 3], [One, One, One]).ToArray();

        chunk.ShouldBe([0, 3, 2, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 1, 0b0000_0000]);
    }

    [Fact]
    public void FloatChunk_AnySamples_ReadBack()
    {
        Gen<long> distance = Gen.OneOf(Gen.Const(15_000L), Gen.Long[1, 20], Gen.Long[1, 1 << 18], Gen.Long[1, 1L << 40]);
        Gen<long> value = Gen.OneOf(Gen.Const(One), Gen.Long, Gen.Double.Select(BitConverter.DoubleToInt64Bits), Gen.Const(SampleBits.StaleMarker));
        Gen.Select(Gen.Long[-(1L << 50), 1L << 50], Gen.Select(distance, value).Array[1, 130]).Sample((start, samples) =>
        {
            long[] times = new long[samples.Length];
            for (int i = 0; i < times.Length; i++)
            {
                times[i] = i == 0 ? start : times[i - 1] + samples[i].Item1;
            }

            long[] bits = [.. samples.Select(static s => s.Item2)];
            new XorChunkReader(new FloatChunkEncoder().Encode(times, bits).ToArray()).Floats().ShouldBe(times.Zip(bits));
        });
    }

    [Fact]
    public void IntegerHistogramChunk_ReadsBack()
    {
        var histogram = new NativeHistogram
        {
            CounterResetHint = CounterResetHint.NotCounterReset,
            Schema = -2,
            ZeroThreshold = 0.25,
            IntegerCount = 1000,
            IntegerZeroCount = 3,
            SumBits = One,
            PositiveSpans = [new(-5, 2), new(3, 1)],
            PositiveDeltas = [4, -3, 300],
            NegativeSpans = [new(0, 1)],
            NegativeDeltas = [70_000],
        };
        var reader = new XorChunkReader(new HistogramChunkEncoder().Encode(1_700_000_000_123, histogram).ToArray());

        reader.Bits(16).ShouldBe(1UL);
        reader.Bits(8).ShouldBe(0b0100_0000UL);
        reader.Bits(8).ShouldBe(242UL); // 0.25 = 0.5 * 2^-1
        reader.Signed().ShouldBe(-2);
        reader.Unsigned().ShouldBe(2UL);
        (reader.Unsigned(), reader.Signed(), reader.Unsigned(), reader.Signed()).ShouldBe((2UL, -5L, 1UL, 3L));
        (reader.Unsigned(), reader.Unsigned(), reader.Signed()).ShouldBe((1UL, 1UL, 0L));
        reader.Signed().ShouldBe(1_700_000_000_123);
        (reader.Unsigned(), reader.Unsigned(), (long)reader.Bits(64)).ShouldBe((1000UL, 3UL, One));
        (reader.Signed(), reader.Signed(), reader.Signed(), reader.Signed()).ShouldBe((4L, -3L, 300L, 70_000L));
        reader.BitsLeft.ShouldBeLessThan(8);
    }

    [Fact]
    public void FloatHistogramChunk_WithCustomBounds_ReadsBack()
    {
        var histogram = new NativeHistogram
        {
            IsFloat = true,
            CounterResetHint = CounterResetHint.Gauge,
            Schema = NativeHistogram.CustomBucketsSchema,
            FloatCount = 2.5,
            SumBits = One,
            CustomValues = [0.005, 1e9],
            PositiveSpans = [new(0, 1)],
            PositiveCounts = [2.5],
        };
        var reader = new XorChunkReader(new HistogramChunkEncoder().Encode(-7, histogram).ToArray());

        reader.Bits(16).ShouldBe(1UL);
        reader.Bits(8).ShouldBe(0b1100_0000UL);
        reader.Bits(8).ShouldBe(0UL);
        reader.Signed().ShouldBe(-53);
        (reader.Unsigned(), reader.Unsigned(), reader.Signed(), reader.Unsigned()).ShouldBe((1UL, 1UL, 0L, 0UL));
        (reader.Unsigned(), reader.Unsigned()).ShouldBe((2UL, 6UL));
        (reader.Unsigned(), BitConverter.UInt64BitsToDouble(reader.Bits(64))).ShouldBe((0UL, 1e9));
        reader.Signed().ShouldBe(-7);
        BitConverter.UInt64BitsToDouble(reader.Bits(64)).ShouldBe(2.5);
        reader.Bits(64).ShouldBe(0UL);
        ((long)reader.Bits(64)).ShouldBe(One);
        BitConverter.UInt64BitsToDouble(reader.Bits(64)).ShouldBe(2.5);
        reader.BitsLeft.ShouldBeLessThan(8);
    }

    [Fact]
    public void Frames_CarryLengthChecksumAndRepeatLabelsWhenASeriesIsCut()
    {
        LabelSet labels = LabelSet.From("__name__", "up");
        long[] times = [.. Enumerable.Range(0, 500).Select(static i => i * 15_000L)];
        long[] values = [.. Enumerable.Range(0, 500).Select(static i => BitConverter.DoubleToInt64Bits(i * 1.1))];
        var output = new ArrayBufferWriter<byte>();
        var writer = new ChunkedReadWriter(output, maxFrameBytes: 1500);

        writer.BeginSeries(1, LabelSet.From("a", "without samples").Bytes);
        writer.EndSeries();
        writer.BeginSeries(1, labels.Bytes);
        writer.AddSamples(times, values);
        writer.EndSeries();

        var read = new List<(long, long)>();
        List<byte[]> frames = Frames(output.WrittenSpan);
        frames.Count.ShouldBeGreaterThan(1);
        foreach (byte[] frame in frames)
        {
            frame.Length.ShouldBeLessThan(3500);
            frame.AsSpan().IndexOf(labels.Bytes.Span).ShouldBeGreaterThan(0);
            frame.AsSpan(^2).ToArray().ShouldBe([0x10, 1]); // query_index
            foreach (byte[] chunk in Chunks(frame))
            {
                read.AddRange(new XorChunkReader(chunk).Floats());
            }
        }

        read.ShouldBe(times.Zip(values));
    }

    private static long One => BitConverter.DoubleToInt64Bits(1);

    private static List<byte[]> Frames(ReadOnlySpan<byte> stream)
    {
        var frames = new List<byte[]>();
        int position = 0;
        while (position < stream.Length)
        {
            Varint.TryRead(stream, ref position, out ulong length).ShouldBeTrue();
            uint checksum = BinaryPrimitives.ReadUInt32BigEndian(stream[position..]);
            byte[] message = stream.Slice(position + sizeof(uint), (int)length).ToArray();
            Crc32C.Compute(message).ShouldBe(checksum);
            frames.Add(message);
            position += sizeof(uint) + (int)length;
        }

        return frames;
    }

    private static List<byte[]> Chunks(byte[] frame)
    {
        var chunks = new List<byte[]>();
        foreach (byte[] series in Fields(frame, 1))
        {
            foreach (byte[] chunk in Fields(series, 2))
            {
                chunks.AddRange(Fields(chunk, 4));
            }
        }

        return chunks;
    }

    private static List<byte[]> Fields(byte[] message, int field)
    {
        var found = new List<byte[]>();
        var reader = new ProtoReader(message);
        while (reader.TryReadTag(out uint tag))
        {
            if (tag == ProtoReader.Tag(field, WireType.LengthDelimited))
            {
                reader.TryReadBytes(out ReadOnlySpan<byte> bytes).ShouldBeTrue();
                found.Add(bytes.ToArray());
            }
            else
            {
                reader.TrySkip(tag).ShouldBeTrue();
            }
        }

        return found;
    }
}
