using CsCheck;
using RemoteStore.Model.Samples;
using RemoteStore.Model.Writes;
using RemoteStore.Testing;
using RemoteStore.Wire.RemoteWrite;
using Shouldly;
using Xunit;

namespace RemoteStore.Wire.Tests.RemoteWrite;

public class RemoteWriteV1DecoderTests
{
    private static readonly ProtoBuilder s_label = new ProtoBuilder().Text(1, "__name__").Text(2, "up");
    private static readonly ProtoBuilder s_sample = new ProtoBuilder().Fixed64(1, 1).Varint(2, 1_700_000_000_000);

    [Fact]
    public void Decode_AnyRequest_GivesWhatWasEncoded() => RequestGen.Series.Array[0, 6].Sample(request =>
    {
        WriteBatch batch = BatchReader.DecodeV1(RemoteWriteEncoder.EncodeV1(request), out DecodeResult result);

        result.Error.ShouldBeNull();
        BatchReader.Describe(batch).ShouldBe(BatchReader.Describe(request.Where(s => s.Samples.Count + s.Histograms.Count + s.Exemplars.Count > 0), false));
        batch.Refused.ShouldBeEmpty();
        batch.Metadata.Count.ShouldBe(request.Count(s => s.Metadata is not null));
    });

    [Fact]
    public void Decode_LabelsTogether_PointIntoThePayload()
    {
        byte[] request = RemoteWriteEncoder.EncodeV1(new RequestSeries("__name__", "up", "job", "node").Sample(1_700_000_000_000, 1));

        WriteBatch batch = BatchReader.DecodeV1(request, out _);

        batch.BytesLength.ShouldBe(request.Length);
        batch.Series[0].LabelsOffset.ShouldBe(2);
    }

    [Fact]
    public void Decode_LabelsApart_AreCopiedTogether()
    {
        byte[] request = new ProtoBuilder().Message(1, new ProtoBuilder()
            .Message(1, s_label).Message(2, s_sample).Message(1, new ProtoBuilder().Text(1, "job").Text(2, "node"))).ToArray();

        WriteBatch batch = BatchReader.DecodeV1(request, out DecodeResult result);

        result.IsOk.ShouldBeTrue();
        BatchReader.Describe(batch).ShouldBe(["{__name__=\"up\", job=\"node\"} 1@1700000000000/0"]);
    }

    [Fact]
    public void Decode_UnknownFields_AreSkipped()
    {
        ProtoBuilder series = new ProtoBuilder().Message(1, s_label).Message(2, new ProtoBuilder().Raw(s_sample.ToArray()).Varint(9, 5))
            .VarintAlways(100, 3).Raw(0x2b, 0x08, 0x01, 0x2c).Raw(0x35, 1, 2, 3, 4).Raw(0x31, 1, 2, 3, 4, 5, 6, 7, 8);
        byte[] request = new ProtoBuilder().Message(1, series).Message(2, s_label).Varint(77, 1).ToArray();

        WriteBatch batch = BatchReader.DecodeV1(request, out DecodeResult result);

        result.Error.ShouldBeNull();
        BatchReader.Describe(batch).ShouldBe(["{__name__=\"up\"} 1@1700000000000/0"]);
    }

    [Fact]
    public void Decode_LongLabels_KeepTheirBytes()
    {
        string value = new('v', 70_000);

        WriteBatch batch = BatchReader.DecodeV1(RemoteWriteEncoder.EncodeV1(new RequestSeries("__name__", "up", "l", value, "m", "n").Sample(5, 1)), out DecodeResult result);

        result.IsOk.ShouldBeTrue();
        batch.Series[0].LabelsLength.ShouldBeGreaterThan(70_000);
        batch.Series[0].SampleCount.ShouldBe(1);
    }

    [Fact]
    public void Decode_SeriesWithoutSamples_LeavesNothing()
    {
        WriteBatch batch = BatchReader.DecodeV1(RemoteWriteEncoder.EncodeV1(new RequestSeries("__name__", "up")), out DecodeResult result);

        result.IsOk.ShouldBeTrue();
        batch.SeriesCount.ShouldBe(0);
    }

    [Fact]
    public void Decode_MetadataAlone_IsRead()
    {
        byte[] request = RemoteWriteEncoder.EncodeV1(new RequestSeries("__name__", "up") { Metadata = (MetricType.Gauge, "Is it up?", "1") });

        BatchReader.DescribeMetadata(BatchReader.DecodeV1(request, out _)).ShouldBe(["Gauge up 'Is it up?' '1'"]);
    }

    [Fact]
    public void Decode_InvalidHistogram_RefusesItAlone()
    {
        var bad = new NativeHistogram { Schema = 9 };
        var good = new NativeHistogram { SumBits = SampleBits.StaleMarker };
        byte[] request = RemoteWriteEncoder.EncodeV1(new RequestSeries("__name__", "h").Sample(1, 1).Histogram(2, bad).Histogram(3, good).Histogram(4, bad));

        WriteBatch batch = BatchReader.DecodeV1(request, out DecodeResult result);

        result.IsOk.ShouldBeTrue();
        batch.Histograms.Select(h => h.TimestampMs).ShouldBe([3]);
        batch.Series[0].HistogramCount.ShouldBe(1);
        (AppendStatus status, string message, int samples, int histograms, int exemplars) = batch.Refused.ShouldHaveSingleItem();
        (status, samples, histograms, exemplars).ShouldBe((AppendStatus.InvalidHistogram, 0, 2, 0));
        message.ShouldBe("histogram of {__name__=\"h\"}: schema is neither between -4 and 8 nor -53");
    }

    [Fact]
    public void Decode_ManyRefusals_KeepsFewMessagesAndAllCounts()
    {
        var series = Enumerable.Range(0, 100).Select(i => new RequestSeries("__name__", "h" + i).Histogram(2, new NativeHistogram { Schema = 9 }));

        WriteBatch batch = BatchReader.DecodeV1(RemoteWriteEncoder.EncodeV1(series), out _);

        batch.Refused.Count.ShouldBe(WriteBatch.MaxRefusalMessages + 1);
        batch.Refused.Sum(r => r.Histograms).ShouldBe(100);
    }

    [Theory]
    [InlineData(new byte[] { 0x0a, 0x05, 0x0a }, "time series is malformed at offset 0")] // longer than the payload
    [InlineData(new byte[] { 0x08, 0x01 }, "write request is malformed at offset 0")] // wire type
    [InlineData(new byte[] { 0x00, 0x01 }, "write request is malformed at offset 0")] // field 0
    [InlineData(new byte[] { 0x0a, 0x02, 0x0a, 0x05 }, "time series is malformed at offset 2")] // label longer than the series
    [InlineData(new byte[] { 0x0a, 0x02, 0x10, 0x05 }, "time series is malformed at offset 2")] // wire type of samples
    [InlineData(new byte[] { 0x0a, 0x04, 0x12, 0x02, 0x08, 0x01 }, "time series is malformed at offset 2")] // wire type of a value
    [InlineData(new byte[] { 0x0a, 0x0d, 0x12, 0x0b, 0x10, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02 }, "time series is malformed at offset 2")] // 65 bits
    [InlineData(new byte[] { 0x0a, 0x04, 0x22, 0x02, 0x08, 0x80 }, "time series is malformed at offset 2")] // histogram
    [InlineData(new byte[] { 0x1a, 0x02, 0x12, 0x05 }, "metadata is malformed at offset 0")]
    public void Decode_Malformed_FailsWithItsOffsetAndLeavesNothing(byte[] request, string error)
    {
        WriteBatch batch = BatchReader.DecodeV1([.. RemoteWriteEncoder.EncodeV1(), .. request], out DecodeResult result);

        result.Error.ShouldBe(error);
        (batch.SeriesCount, batch.SampleCount, batch.BytesLength).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void Decode_PayloadOfEmptyMessages_FailsBeforeItGrows()
    {
        byte[] empties = new ProtoBuilder().Message(1, new ProtoBuilder().Raw(Enumerable.Repeat(new byte[] { 0x12, 0x00 }, 400_000).SelectMany(b => b).ToArray())).ToArray();

        BatchReader.DecodeV1(empties, out DecodeResult result);

        result.IsOk.ShouldBeFalse();
    }

    [Fact]
    public void Decode_Truncated_NeverYieldsMoreThanWhatWasWhole() => RequestGen.Series.Array[1, 4].Sample(request =>
    {
        byte[] bytes = RemoteWriteEncoder.EncodeV1(request);
        for (int length = 0; length < bytes.Length; length++)
        {
            WriteBatch batch = BatchReader.DecodeV1(bytes[..length], out DecodeResult result);
            if (result.IsOk)
            {
                batch.SeriesCount.ShouldBeLessThanOrEqualTo(request.Length);
            }
        }
    }, iter: 30);

    [Fact]
    public void CompactScalar_AnyDigits_AgreesWithTheShifts() => Gen.ULong.Sample(digits =>
    {
        ulong expected = 0;
        for (int i = 0; i < 6; i++)
        {
            expected |= ((digits >> (8 * i)) & 0x7f) << (7 * i);
        }

        SampleParser.CompactScalar(digits).ShouldBe(expected);
    });
}
