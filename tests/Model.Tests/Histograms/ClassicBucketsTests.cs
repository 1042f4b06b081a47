using RemoteStore.Model.Histograms;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Histograms;

public sealed class ClassicBucketsTests
{
    private static readonly double s_inf = double.PositiveInfinity;

    [Theory]
    [InlineData(0.5, 3)]
    [InlineData(0, 0)]
    [InlineData(1, 6)]
    [InlineData(-0.1, double.NegativeInfinity)]
    [InlineData(1.1, double.PositiveInfinity)]
    [InlineData(double.NaN, double.NaN)]
    public void Quantile_EvenBuckets_IsInterpolated(double quantile, double expected) =>
        ClassicBuckets.Quantile(quantile, Buckets((0, 0), (2, 1), (4, 2), (6, 3), (s_inf, 3)), out _).ShouldBe(expected);

    [Fact]
    public void Quantile_InTheHighestBucket_IsTheBoundBelow() =>
        ClassicBuckets.Quantile(0.9, Buckets((1, 1), (s_inf, 10)), out _).ShouldBe(1);

    [Fact]
    public void Quantile_InALowestBucketUpToZero_IsItsBound() =>
        ClassicBuckets.Quantile(0.1, Buckets((-1, 5), (s_inf, 10)), out _).ShouldBe(-1);

    [Fact]
    public void Quantile_NoBucketAtInfinityOrNoneOrNoObservations_IsNaN()
    {
        ClassicBuckets.Quantile(0.5, Buckets((1, 5), (2, 6)), out _).ShouldBe(double.NaN);
        ClassicBuckets.Quantile(0.5, [], out _).ShouldBe(double.NaN);
        ClassicBuckets.Quantile(0.5, Buckets((s_inf, 6)), out _).ShouldBe(double.NaN);
        ClassicBuckets.Quantile(0.5, Buckets((1, 0), (s_inf, 0)), out _).ShouldBe(double.NaN);
    }

    [Fact]
    public void Quantile_AnyOrderAndEqualBounds_IsAsSortedAndJoined()
    {
        double sorted = ClassicBuckets.Quantile(0.3, Buckets((1, 3), (2, 9), (s_inf, 10)), out _);
        ClassicBuckets.Quantile(0.3, Buckets((s_inf, 10), (2, 4), (1, 3), (2, 5)), out _).ShouldBe(sorted);
    }

    [Fact]
    public void Quantile_CountsThatFall_AreRaisedAndReported()
    {
        ClassicBuckets.Quantile(0.5, Buckets((1, 10), (2, 8), (3, 12), (4, 7), (s_inf, 20)), out MonotonicityReport report).ShouldBe(1);
        report.ShouldBe(new MonotonicityReport(false, true, 2, 4, 5));
    }

    [Fact]
    public void Quantile_CountsThatDifferByRounding_AreEvenedOutSilently()
    {
        ClassicBuckets.Quantile(0.5, Buckets((1, 10), (2, 10 - 1e-13), (3, 10 + 1e-13), (s_inf, 20)), out MonotonicityReport report).ShouldBe(1);
        (report.Fixed, report.Forced).ShouldBe((true, false));
    }

    [Theory]
    [InlineData(0, 4, 0.6666666666666666)]
    [InlineData(0, 6, 1)]
    [InlineData(0, 3.5, 0.5833333333333334)]
    [InlineData(3, 3, 0)]
    [InlineData(7, 9, 0)]
    [InlineData(double.NegativeInfinity, double.PositiveInfinity, 1)]
    [InlineData(double.NaN, 1, double.NaN)]
    public void Fraction_EvenBuckets_IsInterpolated(double lower, double upper, double expected) =>
        HistogramText.Near(ClassicBuckets.Fraction(lower, upper, Buckets((0, 0), (2, 1), (4, 2), (6, 3), (s_inf, 3))), expected, 1e-15).ShouldBeTrue();

    [Theory]
    [InlineData(-4, -2, 0.02)]
    [InlineData(double.NegativeInfinity, -1.5, 0.135)]
    [InlineData(0, 1, 0)]
    public void Fraction_BucketsOfInfiniteBreadth_ContributeNothingWhenCut(double lower, double upper, double expected) =>
        ClassicBuckets.Fraction(lower, upper, Buckets((-3, 10), (-2, 12), (-1, 15), (s_inf, 100))).ShouldBe(expected, 1e-15);

    [Fact]
    public void Fraction_NoBucketAtInfinityOrNone_IsNaN()
    {
        ClassicBuckets.Fraction(0, 1, Buckets((1, 5), (2, 6))).ShouldBe(double.NaN);
        ClassicBuckets.Fraction(0, 1, []).ShouldBe(double.NaN);
    }

    [Fact]
    public void Build_BucketsInAnyOrder_GivesCustomBuckets()
    {
        var builder = new ClassicHistogramBuilder();
        builder.SetBucket(s_inf, 12);
        builder.SetBucket(0.2, 7);
        builder.SetBucket(0.1, 5);
        builder.SetBucket(1, 11);
        builder.SetBucket(0.2, 9);
        builder.SetSum(3.5);
        Built(builder).ShouldBe("{{schema:-53 count:12 sum:3.5 custom_values:[0.1 0.2 1] buckets:[5 2 4 1]}}");
    }

    [Fact]
    public void Build_NoBucketAtInfinity_GetsTheCount()
    {
        var builder = new ClassicHistogramBuilder();
        builder.SetBucket(1, 2);
        builder.SetCount(5);
        Built(builder).ShouldBe("{{schema:-53 count:5 custom_values:[1] buckets:[2 3]}}");
        builder.Reset();
        builder.SetBucket(1, 2);
        Built(builder).ShouldBe("{{schema:-53 count:2 custom_values:[1] buckets:[2]}}");
    }

    [Fact]
    public void Build_ContradictingCounts_IsAFault()
    {
        Fault(static b => b.SetBucket(1, -1)).ShouldBe(ClassicHistogramFault.NegativeBucketCount);
        Fault(static b => b.SetCount(-1)).ShouldBe(ClassicHistogramFault.NegativeCount);
        Fault(static b =>
        {
            b.SetBucket(1, 5);
            b.SetBucket(2, 4);
        }).ShouldBe(ClassicHistogramFault.NotCumulative);
        Fault(static b =>
        {
            b.SetBucket(2, 4);
            b.SetBucket(1, 5);
        }).ShouldBe(ClassicHistogramFault.NotCumulative);
        Fault(static b =>
        {
            b.SetBucket(s_inf, 5);
            b.SetCount(6);
        }).ShouldBe(ClassicHistogramFault.CountMismatch);
    }

    private static ClassicBucket[] Buckets(params (double Bound, double Count)[] buckets) => [.. buckets.Select(static b => new ClassicBucket(b.Bound, b.Count))];

    private static ClassicHistogramFault Fault(Action<ClassicHistogramBuilder> fill)
    {
        var builder = new ClassicHistogramBuilder();
        fill(builder);
        return builder.Build(new FloatHistogram());
    }

    private static string Built(ClassicHistogramBuilder builder)
    {
        var histogram = new FloatHistogram();
        builder.Build(histogram).ShouldBe(ClassicHistogramFault.None);
        string sum = histogram.Sum == 0 ? "" : FormattableString.Invariant($" sum:{histogram.Sum}");
        return FormattableString.Invariant($"{{{{schema:{histogram.Schema} count:{histogram.Count}{sum} custom_values:[{Join(histogram.CustomBounds)}] buckets:[{Join(histogram.PositiveCounts)}]}}}}");
    }

    private static string Join(ReadOnlySpan<double> values) => string.Join(' ', values.ToArray().Select(static v => FormattableString.Invariant($"{v}")));
}
