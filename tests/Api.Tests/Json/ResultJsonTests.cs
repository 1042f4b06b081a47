using System.Text;
using RemoteStore.Api.Json;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.Primitives.Memory;

namespace RemoteStore.Api.Tests.Json;

public sealed class ResultJsonTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "0.001")]
    [InlineData(10, "0.010")]
    [InlineData(100, "0.100")]
    [InlineData(1000, "1")]
    [InlineData(-1, "-0.001")]
    [InlineData(-1500, "-1.500")]
    [InlineData(1435781451781, "1435781451.781")]
    [InlineData(1435781451000, "1435781451")]
    [InlineData(long.MaxValue, "9223372036854775.807")]
    [InlineData(long.MinValue, "-9223372036854775.808")]
    public void FormatTimestamp_Milliseconds_PrintsSeconds(long timestampMs, string expected)
    {
        Span<byte> text = stackalloc byte[32];
        Encoding.ASCII.GetString(text[..ResultJson.FormatTimestamp(timestampMs, text)]).ShouldBe(expected);
    }

    [Fact]
    public void Point_Float_IsSecondsAndText() =>
        Json(static json => JsonBytes.Point(json, 1500, double.PositiveInfinity)).ShouldBe("""[1.500,"+Inf"]""");

    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("a\"b\\c", "\"a\\\"b\\\\c\"")]
    [InlineData("\n\r\t\u0001\u001f", "\"\\n\\r\\t\\u0001\\u001f\"")]
    [InlineData("\"", "\"\\\"\"")]
    [InlineData("é😀<&>", "\"é😀<&>\"")]
    public void Text_IsEscapedAsJsonOnly(string text, string expected) => Json(json => JsonBytes.Text(json, Encoding.UTF8.GetBytes(text))).ShouldBe(expected);

    [Fact]
    public void Points_StopNearTheSizeAskedFor()
    {
        long[] times = [1000, 2000, 3000];
        double[] values = [1, 0.5, double.NaN];

        Json(json => JsonBytes.Points(json, times, values, 1000).ShouldBe(3)).ShouldBe("""[1,"1"],[2,"0.5"],[3,"NaN"]""");
        Json(json => JsonBytes.Points(json, times, values, 8).ShouldBe(2)).ShouldBe("""[1,"1"],[2,"0.5"]""");
    }

    [Fact]
    public void Histogram_NegativeZeroAndPositiveBuckets_AscendWithTheirRules()
    {
        var histogram = new NativeHistogram
        {
            Schema = 0,
            ZeroThreshold = 0.001,
            IntegerCount = 7,
            IntegerZeroCount = 2,
            SumBits = BitConverter.DoubleToInt64Bits(18.4),
            PositiveSpans = [new(0, 2), new(1, 1)],
            PositiveDeltas = [1, 0, 0],
            NegativeSpans = [new(0, 2)],
            NegativeDeltas = [1, 0],
        };

        Json(json => HistogramJson.Write(json, Computable(histogram))).ShouldBe(
            """{"count":"7","sum":"18.4","buckets":[[1,"-2","-1","1"],[1,"-1","-0.5","1"],[3,"-0.001","0.001","2"],[0,"0.5","1","1"],[0,"1","2","1"],[0,"4","8","1"]]}""");
    }

    [Fact]
    public void Histogram_EmptyBuckets_AreLeftOut()
    {
        var histogram = new NativeHistogram { IsFloat = true, FloatCount = 1.5, SumBits = 0, PositiveSpans = [new(0, 2)], PositiveCounts = [0, 1.5] };

        Json(json => HistogramJson.Write(json, Computable(histogram))).ShouldBe("""{"count":"1.5","sum":"0","buckets":[[0,"1","2","1.5"]]}""");
    }

    [Fact]
    public void Histogram_NoBuckets_HasNoBucketsProperty() =>
        Json(static json => HistogramJson.Write(json, Computable(new NativeHistogram()))).ShouldBe("""{"count":"0","sum":"0"}""");

    [Fact]
    public void Histogram_CustomBuckets_EndAtTheListedBoundsAndInfinity()
    {
        var histogram = new NativeHistogram
        {
            Schema = NativeHistogram.CustomBucketsSchema,
            IntegerCount = 6,
            SumBits = 0,
            CustomValues = [1, 2.5],
            PositiveSpans = [new(0, 3)],
            PositiveDeltas = [1, 1, 1],
        };

        Json(json => HistogramJson.Write(json, Computable(histogram))).ShouldBe(
            """{"count":"6","sum":"0","buckets":[[3,"-Inf","1","1"],[0,"1","2.5","2"],[0,"2.5","+Inf","3"]]}""");
    }

    private static FloatHistogram Computable(NativeHistogram histogram)
    {
        var computable = new FloatHistogram();
        computable.CopyFrom(histogram);
        return computable;
    }

    private static string Json(Action<PooledBufferWriter> write)
    {
        using var json = new PooledBufferWriter(new BufferPool(1 << 20), 16);
        write(json);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
