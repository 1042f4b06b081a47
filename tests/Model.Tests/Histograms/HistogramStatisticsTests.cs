using RemoteStore.Model.Histograms;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Histograms;

public sealed class HistogramStatisticsTests
{
    private const string Positive = "{{schema:0 count:12 sum:100 z_bucket:2 z_bucket_w:0.001 buckets:[2 3 0 1 4]}}";
    private const string Negative = "{{schema:0 count:12 sum:100 z_bucket:2 z_bucket_w:0.001 n_buckets:[2 3 0 1 4]}}";
    private const string Both = "{{schema:0 count:24 sum:100 z_bucket:4 z_bucket_w:0.001 buckets:[2 3 0 1 4] n_buckets:[2 3 0 1 4]}}";
    private const string Custom = "{{schema:-53 sum:172.5 count:15 custom_values:[5 10 15 20] buckets:[1 6 4 3 1]}}";
    private const string CustomNegative = "{{schema:-53 sum:1 count:10 custom_values:[-10 -5 5] buckets:[2 4 3 1]}}";

    [Theory]
    [InlineData(1.001, Positive, double.PositiveInfinity)]
    [InlineData(1, Positive, 16)]
    [InlineData(0.9, Positive, 12.99603834169977)]
    [InlineData(0.5, Positive, 1.5874010519681994)]
    [InlineData(0.1, Positive, 0.0006)]
    [InlineData(0, Positive, 0)]
    [InlineData(-1, Positive, double.NegativeInfinity)]
    [InlineData(double.NaN, Positive, double.NaN)]
    [InlineData(1, Negative, 0)]
    [InlineData(0.99, Negative, -0.00006)]
    [InlineData(0.5, Negative, -1.5874010519681996)]
    [InlineData(0, Negative, -16)]
    [InlineData(1, Both, 16)]
    [InlineData(0.9, Both, 10.556063286183155)]
    [InlineData(0.7, Both, 1.2030250360821164)]
    [InlineData(0.5, Both, 0)]
    [InlineData(0.3, Both, -1.2030250360821169)]
    [InlineData(0.1, Both, -10.556063286183155)]
    [InlineData(0, Both, -16)]
    [InlineData(0.5, "{{schema:-1 sum:6 count:5 buckets:[0 5]}}", 2)]
    [InlineData(0.5, "{{schema:0 sum:4 count:5 buckets:[0 5]}}", 1.4142135623730951)]
    [InlineData(0.5, "{{schema:0 sum:4 count:5 n_buckets:[0 0 5]}}", -2.82842712474619)]
    [InlineData(0.5, "{{}}", double.NaN)]
    [InlineData(0, Custom, 0)]
    [InlineData(0.5, Custom, 10.625)]
    [InlineData(1, Custom, 20)]
    [InlineData(0.1, CustomNegative, -10)]
    [InlineData(0.9, CustomNegative, 5)]
    public void Quantile_KnownHistogram_IsAsTheReferenceComputes(double quantile, string histogram, double expected) =>
        ShouldBeNear(HistogramStatistics.Quantile(quantile, HistogramText.Parse(histogram), out _), expected, 1e-13);

    [Theory]
    [InlineData("{{schema:0 count:3 sum:NaN}}", 1, double.NaN, HistogramNotes.NaNObservationsMakeNaN)]
    [InlineData("{{schema:0 count:15 sum:NaN buckets:[12]}}", 0.81, double.NaN, HistogramNotes.NaNObservationsMakeNaN)]
    [InlineData("{{schema:0 count:15 sum:NaN buckets:[12]}}", 0.4, 0.7071067811865475, HistogramNotes.NaNObservationsSkew)]
    [InlineData("{{schema:0 count:12 sum:NaN buckets:[12]}}", 0.5, 0.7071067811865475, HistogramNotes.None)]
    public void Quantile_SumOfNaN_TellsWhatObservationsOfNaNDo(string histogram, double quantile, double expected, HistogramNotes notes)
    {
        ShouldBeNear(HistogramStatistics.Quantile(quantile, HistogramText.Parse(histogram), out HistogramNotes actual), expected, 1e-15);
        actual.ShouldBe(notes);
    }

    [Theory]
    [InlineData(0, double.PositiveInfinity, Positive, 1)]
    [InlineData(double.NegativeInfinity, 0, Positive, 0)]
    [InlineData(0, 0.001, Positive, 0.16666666666666666)]
    [InlineData(0, 0.0005, Positive, 0.08333333333333333)]
    [InlineData(0, 1.5, Positive, 0.4795739585136224)]
    [InlineData(0, 6, Positive, 0.6320802083934297)]
    [InlineData(1.5, 6, Positive, 0.15250624987980724)]
    [InlineData(-8, -1, Positive, 0)]
    [InlineData(3, 3, Positive, 0)]
    [InlineData(double.NaN, 42, Positive, double.NaN)]
    [InlineData(double.NegativeInfinity, -0.0005, Negative, 0.9166666666666666)]
    [InlineData(-6, -1, Negative, 0.29874687506009634)]
    [InlineData(-6, -1.5, Negative, 0.15250624987980724)]
    [InlineData(-0.0005, 0.0005, Both, 0.08333333333333333)]
    [InlineData(-2, -1.5, Both, 0.051879687409855456)]
    [InlineData(1, 6, Both, 0.14937343753004825)]
    [InlineData(double.NegativeInfinity, double.PositiveInfinity, Both, 1)]
    [InlineData(0, 1, "{{}}", double.NaN)]
    [InlineData(double.NegativeInfinity, 15, Custom, 11.0 / 15)]
    [InlineData(13, double.PositiveInfinity, Custom, 5.6 / 15)]
    [InlineData(25, 30, Custom, 0)]
    [InlineData(-20, -10, CustomNegative, 0)]
    [InlineData(-20, -7.5, CustomNegative, 0.2)]
    public void Fraction_KnownHistogram_IsAsTheReferenceComputes(double lower, double upper, string histogram, double expected) =>
        ShouldBeNear(HistogramStatistics.Fraction(lower, upper, HistogramText.Parse(histogram), out _), expected, 1e-14);

    [Theory]
    [InlineData("{{schema:0 count:3 sum:NaN}}", 0, HistogramNotes.NaNObservationsExcluded)]
    [InlineData("{{schema:0 count:15 sum:NaN buckets:[12]}}", 0.8, HistogramNotes.NaNObservationsExcluded)]
    [InlineData("{{schema:0 count:12 sum:NaN buckets:[12]}}", 1, HistogramNotes.None)]
    public void Fraction_SumOfNaN_LeavesObservationsOfNaNOut(string histogram, double expected, HistogramNotes notes)
    {
        HistogramStatistics.Fraction(double.NegativeInfinity, double.PositiveInfinity, HistogramText.Parse(histogram), out HistogramNotes actual).ShouldBe(expected);
        actual.ShouldBe(notes);
    }

    [Theory]
    [InlineData("{{schema:2 count:4 sum:10 buckets:[1 0 0 0 1 0 0 1 1]}}", 1.163807968526718)]
    [InlineData("{{schema:0 count:10 sum:-112946 z_bucket:0 n_buckets:[0 0 1 1 1 0 1 1 0 0 3 0 0 0 1 0 0 1]}}", 759352122.1939945)]
    [InlineData("{{schema:3 count:7 sum:NaN z_bucket:1 buckets:[0 1 0 2] n_buckets:[1]}}", double.NaN)]
    [InlineData("{{schema:-53 sum:330 count:110 custom_values:[0 0.1 0.2 1] buckets:[0 50 20 40]}}", 7.527045454545455)]
    public void Variance_KnownHistogram_IsAsTheReferenceComputes(string histogram, double expected)
    {
        ShouldBeNear(HistogramStatistics.Variance(HistogramText.Parse(histogram)), expected, 1e-14);
        ShouldBeNear(HistogramStatistics.StandardDeviation(HistogramText.Parse(histogram)), Math.Sqrt(expected), 1e-14);
    }

    [Fact]
    public void Average_NoObservations_IsNaN()
    {
        HistogramStatistics.Average(HistogramText.Parse("{{count:4 sum:5}}")).ShouldBe(1.25);
        HistogramStatistics.Average(HistogramText.Parse("{{}}")).ShouldBe(double.NaN);
    }

    [Fact]
    public void Quantile_ExponentialBuckets_HasTheReferencesLastDigit()
    {
        HistogramStatistics.Quantile(0.9, HistogramText.Parse(Positive), out _).ShouldBe(12.99603834169977);
        HistogramStatistics.Quantile(0.5, HistogramText.Parse(Positive), out _).ShouldBe(1.5874010519681994);
        HistogramStatistics.Quantile(0.5, HistogramText.Parse(Negative), out _).ShouldBe(-1.5874010519681996);
        HistogramStatistics.Quantile(0.7, HistogramText.Parse(Both), out _).ShouldBe(1.2030250360821164);
    }

    private static void ShouldBeNear(double actual, double expected, double tolerance) =>
        HistogramText.Near(actual, expected, tolerance).ShouldBeTrue(FormattableString.Invariant($"is {actual:R}, should be {expected:R}"));
}
