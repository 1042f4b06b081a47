using RemoteStore.Model.Histograms;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Histograms;

public sealed class HistogramTrimTests
{
    private const string Low = "{{schema:0 sum:123.75 count:34 z_bucket:1 z_bucket_w:0.001 buckets:[2 4 8 16] n_buckets:[1 2]}}";
    private const string High = "{{schema:2 sum:12.8286080906 count:28 z_bucket:1 z_bucket_w:0.001 buckets:[1 2 4 7 3] n_buckets:[1 5 3 1]}}";
    private const string ZeroAndPositive = "{{schema:0 sum:8.0210678118654755 count:12 z_bucket:2 z_bucket_w:0.5 buckets:[10]}}";
    private const string ZeroAndNegative = "{{schema:0 sum:-8.0210678118654755 count:12 z_bucket:2 z_bucket_w:0.5 n_buckets:[10]}}";
    private const string ZeroOnly = "{{schema:0 count:5 sum:0 z_bucket:5 z_bucket_w:0.1}}";
    private const string Custom = "{{schema:-53 sum:172.5 count:15 custom_values:[5 10 15 20] buckets:[1 6 4 3 1]}}";
    private const string CustomNegative = "{{schema:-53 sum:172.5 count:15 custom_values:[-10 5 10 15 20] buckets:[2 1 6 4 3 1]}}";
    private const string One = "{{schema:-53 sum:100 count:100 buckets:[100]}}";
    private const string AtZero = "{{schema:-53 sum:33 count:100 custom_values:[0] buckets:[1 100]}}";
    private const string AtPositive = "{{schema:-53 sum:33 count:101 custom_values:[5] buckets:[1 100]}}";
    private const string AtNegative = "{{schema:-53 sum:33 count:101 custom_values:[-5] buckets:[1 100]}}";

    [Theory]
    [InlineData(Low, double.PositiveInfinity, Low)]
    [InlineData(Low, 0, "{{schema:0 sum:-3.53578390593273768 count:3.5 z_bucket:0.5 z_bucket_w:0.001 n_buckets:[1 2]}}")]
    [InlineData(Low, 1.4142135624, "{{count:8 sum:0.2570938865989847 z_bucket:1 z_bucket_w:0.001 buckets:[2 2] n_buckets:[1 2]}}")]
    [InlineData(Low, -1, "{{count:2 sum:-2.8284271247461903 z_bucket_w:0.001 n_offset:1 n_buckets:[2]}}")]
    [InlineData(High, -1.3, "{{schema:2 count:2.45786052095524 sum:-3.5189307983595066 z_bucket_w:0.001 n_offset:2 n_buckets:[1.45786052095524 1]}}")]
    [InlineData(ZeroAndPositive, 0.5, "{{schema:0 count:2 sum:0.5 z_bucket:2 z_bucket_w:0.5}}")]
    [InlineData(ZeroAndPositive, 0, "{{schema:0 z_bucket_w:0.5}}")]
    [InlineData(ZeroAndNegative, -0.1, "{{schema:0 count:11.6 sum:-7.551067811865476 z_bucket:1.6 z_bucket_w:0.5 n_buckets:[10]}}")]
    [InlineData(ZeroAndNegative, 0, ZeroAndNegative)]
    [InlineData(ZeroOnly, 0.05, "{{schema:0 count:3.75 sum:-0.09375 z_bucket:3.75 z_bucket_w:0.1}}")]
    [InlineData(ZeroOnly, -0.1, "{{z_bucket_w:0.1}}")]
    [InlineData(Custom, 13, "{{schema:-53 count:9.4 sum:75.1 custom_values:[5 10 15 20] buckets:[1 6 2.4]}}")]
    [InlineData(Custom, 50, "{{schema:-53 count:14 sum:150 custom_values:[5 10 15 20] buckets:[1 6 4 3]}}")]
    [InlineData(Custom, double.NegativeInfinity, "{{schema:-53 custom_values:[5 10 15 20]}}")]
    [InlineData(CustomNegative, -4, "{{schema:-53 count:2.4 sum:-22.8 custom_values:[-10 5 10 15 20] buckets:[2 0.4]}}")]
    [InlineData(CustomNegative, -15, "{{schema:-53 count:2 sum:-30 custom_values:[-10 5 10 15 20] buckets:[2]}}")]
    [InlineData(One, 10, "{{schema:-53}}")]
    [InlineData(AtZero, 10, "{{schema:-53 sum:0 count:1 custom_values:[0] buckets:[1]}}")]
    [InlineData(AtZero, -10, "{{schema:-53 sum:-10 count:1 custom_values:[0] buckets:[1]}}")]
    [InlineData(AtPositive, 2, "{{schema:-53 sum:0.4 count:0.4 custom_values:[5] buckets:[0.4]}}")]
    [InlineData(AtNegative, -2, "{{schema:-53 sum:-5 count:1 custom_values:[-5] buckets:[1]}}")]
    public void TrimAbove_Limit_KeepsWhatIsBelow(string histogram, double limit, string expected)
    {
        FloatHistogram trimmed = HistogramText.Parse(histogram);
        trimmed.TrimAbove(limit);
        HistogramText.Difference(trimmed, HistogramText.Parse(expected), 1e-9).ShouldBeNull();
    }

    [Theory]
    [InlineData(Low, double.NegativeInfinity, Low)]
    [InlineData(Low, 0, "{{schema:0 sum:120.20840280171308 count:30.5 z_bucket:0.5 z_bucket_w:0.001 buckets:[2 4 8 16]}}")]
    [InlineData(Low, 1.4142135624, "{{count:26 sum:116.50067065070982 z_bucket_w:0.001 offset:1 buckets:[2 8 16]}}")]
    [InlineData(Low, -1, "{{count:32 sum:119.50104602052653 z_bucket:1 z_bucket_w:0.001 buckets:[2 4 8 16] n_buckets:[1]}}")]
    [InlineData(High, -1.3, "{{schema:2 count:25.54213947904476 sum:16.29588491217537 z_bucket:1 z_bucket_w:0.001 buckets:[1 2 4 7 3] n_buckets:[1 5 1.54213947904476]}}")]
    [InlineData(ZeroAndPositive, 0.5, "{{schema:0 count:10 sum:7.0710678118654755 z_bucket_w:0.5 buckets:[10]}}")]
    [InlineData(ZeroAndPositive, 0, ZeroAndPositive)]
    [InlineData(ZeroAndNegative, -0.1, "{{schema:0 count:0.4 sum:-0.02 z_bucket:0.4 z_bucket_w:0.5}}")]
    [InlineData(ZeroAndNegative, 0, "{{schema:0 z_bucket_w:0.5}}")]
    [InlineData(ZeroOnly, -0.05, "{{schema:0 count:3.75 sum:0.09375 z_bucket:3.75 z_bucket_w:0.1}}")]
    [InlineData(Custom, 13, "{{schema:-53 count:5.6 sum:94.9 custom_values:[5 10 15 20] offset:2 buckets:[1.6 3 1]}}")]
    [InlineData(Custom, 0, Custom)]
    [InlineData(One, 10, "{{schema:-53}}")]
    [InlineData(One, double.NegativeInfinity, One)]
    [InlineData(AtZero, -10, "{{schema:-53 sum:0 count:100 custom_values:[0] offset:1 buckets:[100]}}")]
    [InlineData(AtZero, 10, "{{schema:-53 sum:1000 count:100 custom_values:[0] offset:1 buckets:[100]}}")]
    [InlineData(AtPositive, 0, AtPositive)]
    [InlineData(AtPositive, 2, "{{schema:-53 sum:502.1 count:100.6 custom_values:[5] buckets:[0.6 100]}}")]
    [InlineData(AtNegative, -10, "{{schema:-53 sum:-500 count:100 custom_values:[-5] offset:1 buckets:[100]}}")]
    [InlineData(AtNegative, 10, "{{schema:-53 sum:1000 count:100 custom_values:[-5] offset:1 buckets:[100]}}")]
    public void TrimBelow_Limit_KeepsWhatIsAbove(string histogram, double limit, string expected)
    {
        FloatHistogram trimmed = HistogramText.Parse(histogram);
        trimmed.TrimBelow(limit);
        HistogramText.Difference(trimmed, HistogramText.Parse(expected), 1e-9).ShouldBeNull();
    }
}
