using System.Text;
using CsCheck;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Model.Writes;
using RemoteStore.Wire.OpenMetrics;
using Shouldly;
using Xunit;

namespace RemoteStore.Wire.Tests.OpenMetrics;

public sealed class OpenMetricsLineTests
{
    [Theory]
    [InlineData("up 1 1700000000.5", """{__name__="up"}""", 1, 1_700_000_000_500)]
    [InlineData("up{} 1.5e3 -1", """{__name__="up"}""", 1500, -1000)]
    [InlineData("""up{b="2",a="x\"\\\ny",} +Inf 0.001""", """{__name__="up", a="x\"\\\ny", b="2"}""", double.PositiveInfinity, 1)]
    [InlineData("""{"metric.name",job="a b"} -inf 1e3""", """{__name__="metric.name", job="a b"}""", double.NegativeInfinity, 1_000_000)]
    [InlineData("""h_bucket{le="0.1"} 4 5 # {trace_id="x"} 0.05 4.9""", """{__name__="h_bucket", le="0.1"}""", 4, 5000)]
    [InlineData("""up{"a.b"="c"} 0 5.9999""", """{__name__="up", a.b="c"}""", 0, 5999)]
    public void Sample_IsRead(string text, string labels, double value, long timestampMs)
    {
        var line = new OpenMetricsLine();

        line.TryRead(Encoding.UTF8.GetBytes(text)).ShouldBeTrue();

        new LabelCanonicalizer(LabelLimits.Default).Canonicalize(line.RawLabels, out ReadOnlySpan<byte> canonical).ShouldBe(AppendStatus.Ok);
        LabelSetBuilder.Describe(canonical).ShouldBe(labels);
        BitConverter.Int64BitsToDouble(line.ValueBits).ShouldBe(value);
        line.TimestampMs.ShouldBe(timestampMs);
    }

    [Fact]
    public void NaN_IsTheOrdinaryOne()
    {
        var line = new OpenMetricsLine();

        line.TryRead("up NaN"u8).ShouldBeTrue();

        line.ValueBits.ShouldBe(SampleBits.NormalNaN);
        line.TimestampMs.ShouldBeNull();
    }

    [Theory]
    [InlineData("")]
    [InlineData("up")]
    [InlineData("up ")]
    [InlineData("up x 1")]
    [InlineData("up 1e999 1")]
    [InlineData("up 1 x")]
    [InlineData("up 1 NaN")]
    [InlineData("up 1 1e300")]
    [InlineData("up 1 1 2")]
    [InlineData("up{ 1 1")]
    [InlineData("up{a} 1 1")]
    [InlineData("""up{a="b" 1 1""")]
    [InlineData("""up{a="b"c="d"} 1 1""")]
    [InlineData("""up{a="\t"} 1 1""")]
    [InlineData("""up{="b"} 1 1""")]
    [InlineData("""up{a="b"}1 1""")]
    public void MalformedLine_IsRefusedWithReason(string text) =>
        Should.Throw<FormatException>(() => new OpenMetricsLine().TryRead(Encoding.UTF8.GetBytes(text))).Message.ShouldNotBeEmpty();

    [Fact]
    public void End_IsTheLastLine()
    {
        var line = new OpenMetricsLine();
        line.TryRead("# TYPE up gauge"u8).ShouldBeFalse();
        line.IsEnd.ShouldBeFalse();
        line.TryRead("# EOF"u8).ShouldBeFalse();

        line.IsEnd.ShouldBeTrue();
        Should.Throw<FormatException>(() => line.TryRead("up 1 1"u8));
    }

    [Fact]
    public void ArbitraryText_IsReadOrRefused() => Gen.Char["ab={}\" ,\\n1.e#\n"].Array[0, 40].Sample(static characters =>
    {
        try
        {
            if (new OpenMetricsLine() is var line && line.TryRead(Encoding.UTF8.GetBytes(characters)))
            {
                line.RawLabels.Length.ShouldBeGreaterThan(0);
            }
        }
        catch (FormatException e)
        {
            e.Message.ShouldNotBeEmpty();
        }
    });
}
