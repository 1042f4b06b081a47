using CsCheck;
using RemoteStore.Model.Samples;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Wire.Tests.Samples;

public class HistogramPayloadTests
{
    [Fact]
    public void Decode_AnyHistogram_RoundTrips() => RequestGen.Histogram.Sample(histogram =>
    {
        byte[] payload = HistogramPayload.Encode(histogram);

        NativeHistogram decoded = HistogramPayload.Decode(payload);

        HistogramPayload.Encode(decoded).ShouldBe(payload);
        decoded.IsFloat.ShouldBe(histogram.IsFloat);
        decoded.SumBits.ShouldBe(histogram.SumBits);
        decoded.Count.ShouldBe(histogram.Count);
        decoded.PositiveSpans.ShouldBe(histogram.PositiveSpans);
        decoded.AbsoluteNegativeCounts().ShouldBe(histogram.AbsoluteNegativeCounts());
        decoded.CustomValues.ShouldBe(histogram.CustomValues);
    });

    [Fact]
    public void Canonicalize_Payload_IsItself() => RequestGen.Histogram.Sample(histogram =>
    {
        byte[] payload = HistogramPayload.Encode(histogram);

        Canonicalize(payload, out byte[] canonical).ShouldBe(HistogramFault.None);
        canonical.ShouldBe(payload);
    });

    [Fact]
    public void Canonicalize_FieldsUnpackedReversedAndUnknown_GivesTheSameBytes()
    {
        var histogram = new NativeHistogram
        {
            IntegerCount = 9,
            IntegerZeroCount = 1,
            Schema = 3,
            SumBits = 5,
            ZeroThreshold = 0.5,
            CounterResetHint = CounterResetHint.Gauge,
            PositiveSpans = [new(-2, 2), new(1, 1)],
            PositiveDeltas = [1, 1, 0],
            NegativeSpans = [new(0, 1)],
            NegativeDeltas = [3],
        };
        byte[] message = new ProtoBuilder()
            .Varint(15, 77).Varint(17, 66).Varint(14, 3).VarintAlways(12, 2).Bytes(12, [2, 0]).Bytes(11, [0x08, 3, 0x10, 2, 0x18, 9])
            .Varint(50, 3).Bytes(11, [0x10, 0x81, 0x00, 0x08, 2]).VarintAlways(9, 6).Bytes(8, [0x10, 1]).Varint(6, 1)
            .Fixed64(5, BitConverter.DoubleToInt64Bits(0.5)).Varint(4, 6).Fixed64(3, 5).Varint(1, 9).ToArray();

        byte[] destination = new byte[message.Length + HistogramPayload.MaxGrowth];
        HistogramPayload.Canonicalize(message, destination, out HistogramTimes times, out int written).ShouldBe(HistogramFault.None);

        destination[..written].ShouldBe(HistogramPayload.Encode(histogram));
        times.ShouldBe(new HistogramTimes(77, 66));
    }

    [Fact]
    public void Canonicalize_StaleMarker_KeepsItsBits()
    {
        Canonicalize(HistogramPayload.Encode(new NativeHistogram { SumBits = SampleBits.StaleMarker }), out byte[] payload).ShouldBe(HistogramFault.None);

        HistogramPayload.Decode(payload).IsStale.ShouldBeTrue();
    }

    [Fact]
    public void Canonicalize_NaNSum_AllowsACountAboveTheBuckets()
    {
        HistogramPayload.Validate(new NativeHistogram { IntegerCount = 4, IntegerZeroCount = 3, SumBits = SampleBits.NormalNaN }).ShouldBe(HistogramFault.None);
        HistogramPayload.Validate(new NativeHistogram { IntegerCount = 2, IntegerZeroCount = 3, SumBits = SampleBits.NormalNaN }).ShouldBe(HistogramFault.CountTooSmall);
        HistogramPayload.Validate(new NativeHistogram { IntegerCount = 4, IntegerZeroCount = 3 }).ShouldBe(HistogramFault.CountMismatch);
    }

    [Fact]
    public void Validate_NumbersAtTheirEnds_AreRefusedAndDoNotWrap()
    {
        HistogramPayload.Validate(new NativeHistogram { PositiveSpans = [new(0, 2)], PositiveDeltas = [long.MaxValue, 1] }).ShouldBe(HistogramFault.NegativeBucketCount);
        HistogramPayload.Validate(new NativeHistogram { PositiveSpans = [new(0, uint.MaxValue), new(0, 1)] }).ShouldBe(HistogramFault.BucketIndexOverflow);
        HistogramPayload.Validate(new NativeHistogram { PositiveSpans = [new(int.MaxValue, 1)], PositiveDeltas = [0] }).ShouldBe(HistogramFault.BucketIndexOverflow);
        HistogramPayload.Validate(new NativeHistogram
        {
            PositiveSpans = [new(0, 3)],
            PositiveDeltas = [long.MaxValue, 0, -long.MaxValue + 2], // 2 * (2^63 - 1) + 2 = 2^64
        }).ShouldBe(HistogramFault.CountMismatch);
    }

    [Fact]
    public void Validate_NegativeFloatCounts_AreRefused()
    {
        HistogramPayload.Validate(new NativeHistogram { IsFloat = true, FloatCount = -1 }).ShouldBe(HistogramFault.NegativeCount);
        HistogramPayload.Validate(new NativeHistogram { IsFloat = true, FloatZeroCount = -1 }).ShouldBe(HistogramFault.NegativeCount);
        HistogramPayload.Validate(new NativeHistogram { IsFloat = true, NegativeSpans = [new(0, 1)], NegativeCounts = [-1] }).ShouldBe(HistogramFault.NegativeBucketCount);
    }

    [Fact]
    public void Canonicalize_ArbitraryBytes_NeverThrows() => Gen.Byte.Array[0, 60].Sample(message => Canonicalize(message, out _) >= HistogramFault.None);

    private static HistogramFault Canonicalize(byte[] message, out byte[] payload)
    {
        byte[] destination = new byte[message.Length + HistogramPayload.MaxGrowth];
        HistogramFault fault = HistogramPayload.Canonicalize(message, destination, out _, out int written);
        payload = destination[..written];
        return fault;
    }
}
