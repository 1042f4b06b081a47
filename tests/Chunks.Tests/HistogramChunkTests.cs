using CsCheck;
using RemoteStore.Chunks.Kernels;
using RemoteStore.Chunks.Tests.Support;
using RemoteStore.Primitives.Encoding;
using Shouldly;
using Xunit;

namespace RemoteStore.Chunks.Tests;

public sealed class HistogramChunkTests
{
    [Fact]
    public void Decode_HistogramsOfAnyKind_GivesTheSameBytes() => Gen.Select(Gen.Int[1, 120], Gen.Int[0, 5], Gen.Int).Sample((count, kind, seed) =>
    {
        var random = new Random(seed);
        RoundTrip(HistogramSeries.Make(kind, count, random));
    });

    [Fact]
    public void Decode_AnyBytes_GivesTheSameBytes() => Gen.Byte.Array[0, 40].Array[1, 50].Sample(RoundTrip);

    [Fact]
    public void Decode_DamagedPayloadsAmongOthers_GivesTheSameBytes() => Gen.Select(Gen.Int[1, 60], Gen.Int[0, 5], Gen.Int).Sample((count, kind, seed) =>
    {
        var random = new Random(seed);
        byte[][] payloads = HistogramSeries.Make(kind, count, random);
        for (int i = 0; i < 1 + (count / 5); i++)
        {
            byte[] payload = payloads[random.Next(count)];
            if (payload.Length > 0)
            {
                payload[random.Next(payload.Length)] ^= (byte)(1 << random.Next(8));
            }
        }

        RoundTrip(payloads);
    });

    [Fact]
    public void Encode_SteadyHistogram_TakesFarFewerBytesThanItsPayloads()
    {
        byte[][] payloads = HistogramSeries.Make(0, 240, new Random(3));

        Encoded chunk = Encode(payloads);

        (chunk.Header.Length + chunk.Packed.Length).ShouldBeLessThan(payloads.Sum(static payload => payload.Length) / 4);
    }

    [Fact]
    public void Decode_HostileBytes_NeverLeavesItsBuffers() => Gen.Select(Gen.Int[1, 40], Gen.Int[0, 5], Gen.Int).Sample((count, kind, seed) =>
    {
        var random = new Random(seed);
        Encoded chunk = Encode(HistogramSeries.Make(kind, count, random));
        for (int i = 0; i < 40; i++)
        {
            Encoded damaged = Damage.Apply(chunk, random);
            foreach (KernelLevel level in Codec.Levels)
            {
                try
                {
                    Decode(level, damaged, random.Next(8) == 0 ? random.Next(1, 1024) : count);
                }
                catch (InvalidDataException)
                {
                }
            }
        }
    });

    private static void RoundTrip(byte[][] payloads)
    {
        Encoded chunk = Encode(payloads);
        foreach (KernelLevel level in Codec.Levels)
        {
            Decode(level, chunk, payloads.Length).ShouldBe(payloads, level.ToString());
        }
    }

    private static Encoded Encode(byte[][] payloads)
    {
        var header = new ByteBuffer();
        var packed = new ByteBuffer();
        new HistogramChunkEncoder().Encode(
            new HistogramRun(payloads.SelectMany(static payload => payload).ToArray(), payloads.Select(static payload => payload.Length).ToArray()), header, packed);
        return new Encoded(header.Written.ToArray(), packed.Written.ToArray());
    }

    private static byte[][] Decode(KernelLevel level, Encoded chunk, int count)
    {
        var payloads = new ByteBuffer();
        int[] lengths = new int[count];
        var reader = new ChunkHeaderReader(chunk.Header);
        KernelDispatch.Histograms(
            level, new HistogramChunkDecoder(), ref reader, Codec.Guard(chunk.Packed), chunk.Packed.Length, count, payloads, lengths);
        List<byte[]> result = [];
        int offset = 0;
        foreach (int length in lengths)
        {
            result.Add(payloads.Written.Slice(offset, length).ToArray());
            offset += length;
        }

        offset.ShouldBe(payloads.Length);
        return [.. result];
    }
}
