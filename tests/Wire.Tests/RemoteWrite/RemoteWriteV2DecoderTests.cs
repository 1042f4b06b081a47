using CsCheck;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Model.Writes;
using RemoteStore.Testing;
using RemoteStore.Wire.RemoteWrite;
using Shouldly;
using Xunit;

namespace RemoteStore.Wire.Tests.RemoteWrite;

public class RemoteWriteV2DecoderTests
{
    private static readonly ProtoBuilder s_sample = new ProtoBuilder().Fixed64(1, 1).Varint(2, 1_700_000_000_000);

    [Fact]
    public void Decode_AnyRequest_GivesWhatWasEncoded() => Gen.Select(RequestGen.Series.Array[0, 6], Gen.Bool).Sample((request, symbolsLast) =>
    {
        WriteBatch batch = BatchReader.DecodeV2(RemoteWriteEncoder.EncodeV2(symbolsLast, request), out DecodeResult result);

        RequestSeries[] full = [.. request.Where(s => s.Samples.Count + s.Histograms.Count > 0)];
        result.Error.ShouldBeNull();
        BatchReader.Describe(batch).ShouldBe(BatchReader.Describe(full, true));
        batch.Refused.Count.ShouldBe(Math.Min(request.Length - full.Length, WriteBatch.MaxRefusalMessages + 1));
    });

    [Fact]
    public void Decode_SameSeries_HasTheLabelBytesOfV1()
    {
        RequestSeries series = new RequestSeries("__name__", "up", "instance", new string('i', 200), "job", "node").Sample(1_700_000_000_000, 1);

        WriteBatch v1 = BatchReader.DecodeV1(RemoteWriteEncoder.EncodeV1(series), out _);
        WriteBatch v2 = BatchReader.DecodeV2(RemoteWriteEncoder.EncodeV2(series), out _);

        byte[] expected = LabelSet.From("__name__", "up", "instance", new string('i', 200), "job", "node").Bytes.ToArray();
        v1.Slice(v1.Series[0].LabelsOffset, v1.Series[0].LabelsLength).ToArray().ShouldBe(expected);
        v2.Slice(v2.Series[0].LabelsOffset, v2.Series[0].LabelsLength).ToArray().ShouldBe(expected);
    }

    [Fact]
    public void Decode_Metadata_BelongsToTheMetricNameAndIsNotRepeated()
    {
        RequestSeries Series(string cpu) => new RequestSeries("__name__", "cpu_total", "cpu", cpu) { Metadata = (MetricType.Counter, "CPU time.", "seconds") }.Sample(1, 1);
        RequestSeries nameless = new RequestSeries("a", "b") { Metadata = (MetricType.Gauge, "x", "y") }.Sample(1, 1);

        WriteBatch batch = BatchReader.DecodeV2(RemoteWriteEncoder.EncodeV2(Series("0"), Series("1"), nameless), out _);

        BatchReader.DescribeMetadata(batch).ShouldBe(["Counter cpu_total 'CPU time.' 'seconds'"]);
    }

    [Fact]
    public void Decode_CreatedTimestamp_StandsForMissingStartTimestamps()
    {
        ProtoBuilder series = new ProtoBuilder().Packed(1, 1, 2).Message(2, s_sample)
            .Message(2, new ProtoBuilder().Varint(2, 7).Varint(3, 3)).Message(3, new ProtoBuilder().Varint(15, 8)).Varint(6, 5);

        WriteBatch batch = BatchReader.DecodeV2(Request(series), out DecodeResult result);

        result.Error.ShouldBeNull();
        batch.StartTimestamps.ToArray().ShouldBe([5, 3]);
        batch.Histograms[0].StartTimestampMs.ShouldBe(5);
    }

    [Fact]
    public void Decode_ReferencesInPieces_AreJoined()
    {
        ProtoBuilder series = new ProtoBuilder().VarintAlways(1, 1).Message(2, s_sample).Packed(1, 2, 3).VarintAlways(1, 4);

        BatchReader.Describe(BatchReader.DecodeV2(Request(series), out _)).ShouldBe(["{__name__=\"up\", job=\"node\"} 1@1700000000000/0"]);
    }

    [Theory]
    [InlineData(new ulong[] { 1, 2, 3 }, AppendStatus.MalformedSeries, "a series has an odd number of label references")]
    [InlineData(new ulong[] { 1, 5 }, AppendStatus.MalformedSeries, "a series refers to a symbol beyond the 5 of the request")]
    [InlineData(new ulong[] { 1, ulong.MaxValue }, AppendStatus.MalformedSeries, "a series refers to a symbol beyond the 5 of the request")]
    public void Decode_WrongReferences_RefuseTheSeriesAlone(ulong[] refs, AppendStatus status, string message)
    {
        ProtoBuilder bad = new ProtoBuilder().Packed(1, refs).Message(2, s_sample).Message(2, s_sample).Message(4, new ProtoBuilder().Packed(1, 3, 4));
        ProtoBuilder good = new ProtoBuilder().Packed(1, 1, 2).Message(2, s_sample);

        WriteBatch batch = BatchReader.DecodeV2(Request(bad, good), out DecodeResult result);

        result.IsOk.ShouldBeTrue();
        BatchReader.Describe(batch).ShouldBe(["{__name__=\"up\"} 1@1700000000000/0"]);
        batch.Refused.ShouldBe([(status, message, 2, 0, 1)]);
    }

    [Fact]
    public void Decode_SeriesWithoutSamples_IsRefused()
    {
        WriteBatch batch = BatchReader.DecodeV2(Request(new ProtoBuilder().Packed(1, 1, 2).Message(4, new ProtoBuilder().Packed(1, 3, 4))), out DecodeResult result);

        result.IsOk.ShouldBeTrue();
        batch.SeriesCount.ShouldBe(0);
        batch.Exemplars.ShouldBeEmpty();
        batch.Refused.ShouldBe([(AppendStatus.EmptySeries, "series {__name__=\"up\"} has neither samples nor histograms", 0, 0, 1)]);
    }

    [Fact]
    public void Decode_MetadataReferenceOutOfRange_RefusesTheSeries()
    {
        WriteBatch batch = BatchReader.DecodeV2(
            Request(new ProtoBuilder().Packed(1, 1, 2).Message(2, s_sample).Message(5, new ProtoBuilder().Varint(1, 1).Varint(3, 9))), out _);

        batch.SeriesCount.ShouldBe(0);
        batch.Refused[0].Status.ShouldBe(AppendStatus.MalformedSeries);
    }

    [Fact]
    public void Decode_WrongExemplarReferences_RefuseTheExemplarAlone()
    {
        WriteBatch batch = BatchReader.DecodeV2(
            Request(new ProtoBuilder().Packed(1, 1, 2).Message(2, s_sample).Message(4, new ProtoBuilder().Packed(1, 3, 99))), out _);

        batch.SampleCount.ShouldBe(1);
        batch.Refused.ShouldHaveSingleItem().Exemplars.ShouldBe(1);
    }

    [Fact]
    public void Decode_FirstSymbolNotEmpty_Fails()
    {
        byte[] request = new ProtoBuilder().TextAlways(4, "x").Message(5, new ProtoBuilder().Message(2, s_sample)).ToArray();

        BatchReader.DecodeV2(request, out DecodeResult result).SeriesCount.ShouldBe(0);

        result.Error.ShouldBe("the first symbol of the write request is not the empty string");
    }

    [Fact]
    public void Decode_V1Request_IsEmpty()
    {
        WriteBatch batch = BatchReader.DecodeV2(RemoteWriteEncoder.EncodeV1(new RequestSeries("__name__", "up").Sample(1, 1)), out DecodeResult result);

        result.IsOk.ShouldBeTrue();
        batch.SeriesCount.ShouldBe(0);
    }

    [Fact]
    public void Decode_LongSymbolNamedOften_IsRefusedAndNotExpanded()
    {
        // 2,000 references to one symbol of 1 MiB: 2 GiB of labels if they were built.
        ProtoBuilder series = new ProtoBuilder().Packed(1, Enumerable.Repeat(3UL, 2000)).Message(2, s_sample);
        byte[] request = new ProtoBuilder().TextAlways(4, "").TextAlways(4, "a").TextAlways(4, "b").TextAlways(4, new string('x', 1 << 20)).Message(5, series).ToArray();

        WriteBatch batch = BatchReader.DecodeV2(request, out DecodeResult result);

        result.IsOk.ShouldBeTrue();
        batch.BytesLength.ShouldBeLessThan(2 << 20);
        batch.Refused[0].Status.ShouldBe(AppendStatus.LabelValueTooLong);
    }

    [Fact]
    public void Decode_ManySeriesOfLongSymbols_FailBeforeTheyExpandWithoutBound()
    {
        ProtoBuilder series = new ProtoBuilder().Packed(1, 1, 3).Message(2, s_sample);
        ProtoBuilder request = new ProtoBuilder().TextAlways(4, "").TextAlways(4, "a").TextAlways(4, "b").TextAlways(4, new string('x', 3 << 20));
        for (int i = 0; i < 100; i++)
        {
            request.Message(5, series);
        }

        BatchReader.DecodeV2(request.ToArray(), out DecodeResult result);

        result.Error.ShouldBe("labels of the write request expand to more than 268435456 bytes");
    }

    private static byte[] Request(params ProtoBuilder[] series)
    {
        ProtoBuilder request = new ProtoBuilder().TextAlways(4, "").TextAlways(4, "__name__").TextAlways(4, "up").TextAlways(4, "job").TextAlways(4, "node");
        foreach (ProtoBuilder one in series)
        {
            request.Message(5, one);
        }

        return request.ToArray();
    }
}
