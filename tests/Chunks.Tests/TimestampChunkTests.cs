using CsCheck;
using RemoteStore.Chunks.Kernels;
using RemoteStore.Chunks.Tests.Support;
using Shouldly;
using Xunit;

namespace RemoteStore.Chunks.Tests;

public sealed class TimestampChunkTests
{
    [Fact]
    public void Decode_AnyIntegers_GivesTheSame() =>
        Gen.OneOf(Gen.Long, Gen.Int[0, 3].Select(static i => i switch { 0 => long.MinValue, 1 => long.MaxValue, 2 => 0, _ => -1L }), Gen.Long[0, 1000]).Array[1, 600].Sample(RoundTrip);

    [Fact]
    public void Decode_JitteringScrapes_GivesTheSame() => Gen.Select(Gen.Int[1, 1024], Gen.Int[0, 20], Gen.Int).Sample((count, jitter, seed) =>
    {
        var random = new Random(seed);
        RoundTrip([.. Enumerable.Range(0, count).Select(i => 1795359965951 + (15000L * i) + random.Next(jitter + 1))]);
    });

    [Fact]
    public void Encode_RegularOrConstant_TakesAFewBytes()
    {
        Codec.EncodeTimestamps([.. Enumerable.Repeat(1795359965951, 480)]).TotalBytes.ShouldBeLessThanOrEqualTo(7);
        Codec.EncodeTimestamps([.. Enumerable.Range(0, 480).Select(static i => 1795359965951 + (15000L * i))]).TotalBytes.ShouldBeLessThanOrEqualTo(12);
        Codec.EncodeTimestamps([.. Enumerable.Range(0, 480).Select(static i => i < 300 ? 1795359965951 : 1795370000000)]).TotalBytes.ShouldBeLessThanOrEqualTo(20);
    }

    private static void RoundTrip(long[] timestamps)
    {
        Encoded chunk = Codec.EncodeTimestamps(timestamps);
        foreach (KernelLevel level in Codec.Levels)
        {
            (long[] decoded, int headerBytes) = Codec.DecodeTimestamps(level, chunk, timestamps.Length);
            decoded.ShouldBe(timestamps, level.ToString());
            headerBytes.ShouldBe(chunk.Header.Length);
        }
    }
}
