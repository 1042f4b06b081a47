using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Histograms;

public sealed class HistogramAggregateTests
{
    private static readonly string[] s_magnitudes =
    [
        "{{schema:0 count:1 sum:5.3}}", "{{schema:0 count:2 sum:1e100}}", "{{schema:0 count:3 sum:1}}", "{{schema:0 count:4 sum:-1e100}}",
        "{{schema:0 count:5 sum:2}}", "{{schema:0 count:6 sum:1e50}}", "{{schema:0 count:7 sum:-1e50}}",
    ];

    private static readonly string[] s_overflowing =
    [
        "{{schema:0 count:1.7976931348623157e+308 sum:5.3}}", "{{schema:0 count:1e308 sum:1e100}}", "{{schema:0 count:1e-6 sum:-1e100}}",
        "{{schema:0 count:1e-6 sum:1}}", "{{schema:0 count:1e-6 sum:1e100}}", "{{schema:0 count:1e-6 sum:-1e100}}", "{{schema:0 count:1e-6 sum:0}}",
    ];

    [Fact]
    public void Sum_ValuesOfDifferentMagnitude_LosesNone() =>
        ShouldBe(Sum(s_magnitudes).Result, "{{schema:0 count:28 sum:8.3}}", 1e-15);

    [Fact]
    public void Sum_DifferentSchemas_IsInTheLowest() => ShouldBe(
        Sum(
            "{{schema:0 count:25 sum:3.1 z_bucket:4 z_bucket_w:0.001 buckets:[1 2 0 1 1] n_buckets:[2 4 0 0 1 9]}}",
            "{{schema:0 count:41 sum:1e100 z_bucket:5 z_bucket_w:0.001 buckets:[1 3 1 2 1 1 1] n_buckets:[0 1 4 2 7 0 0 0 0 5 5 2]}}",
            "{{schema:0 count:41 sum:-1e100 z_bucket:5 z_bucket_w:0.001 buckets:[1 3 1 2 1 1 1] n_buckets:[0 1 4 2 7 0 0 0 0 5 5 2]}}",
            "{{schema:1 count:0 sum:1.3 z_bucket:3 z_bucket_w:0.001 buckets:[2 4 2 3 2 2] n_buckets:[1 2 5 3 8 1 1 1 1 6 3]}}").Result,
        "{{schema:0 count:107 sum:4.4 z_bucket:17 z_bucket_w:0.001 buckets:[5 14 7 7 3 2 2] n_buckets:[3 13 19 6 17 18 0 0 0 10 10 4]}}",
        1e-15);

    [Fact]
    public void Average_ValuesOfDifferentMagnitude_LosesNone() =>
        ShouldBe(Average(s_magnitudes).Result, "{{schema:0 count:4 sum:1.1857142857142857}}", 1e-15);

    [Fact]
    public void Average_SumThatOverflows_IsARunningMean() =>
        ShouldBe(Average(s_overflowing).Result, "{{schema:0 count:3.9967044783747367e+307 sum:0.9}}", 1e-14);

    [Fact]
    public void Average_BucketsThatOverflow_IsARunningMean() => ShouldBe(
        Average("{{count:1.5e308 z_bucket:1.5e308 buckets:[1.5e308 1]}}", "{{count:1.5e308 z_bucket:1.5e308 buckets:[1.5e308 3]}}", "{{count:0 buckets:[0 2]}}").Result,
        "{{count:1e308 z_bucket:1e308 buckets:[1e308 2]}}",
        1e-15);

    [Fact]
    public void SumAndAverage_DifferentCustomBounds_AreReconciled()
    {
        string[] histograms =
        [
            "{{schema:-53 sum:1 count:1 custom_values:[5] buckets:[1]}}", "{{schema:-53 sum:1 count:1 custom_values:[5] buckets:[1]}}",
            "{{schema:-53 sum:1 count:1 custom_values:[5 10] buckets:[1]}}",
        ];
        (FloatHistogram? sum, HistogramNotes sumNotes) = Sum(histograms);
        ShouldBe(sum, "{{schema:-53 count:3 sum:3 custom_values:[5] buckets:[3]}}", 0);
        sumNotes.ShouldBe(HistogramNotes.BoundsReconciled);
        (FloatHistogram? average, HistogramNotes averageNotes) = Average(histograms);
        ShouldBe(average, "{{schema:-53 count:1 sum:1 custom_values:[5] buckets:[1]}}", 0);
        averageNotes.ShouldBe(HistogramNotes.BoundsReconciled);
    }

    [Fact]
    public void SumAndAverage_ExponentialAndCustomBuckets_AreImpossible()
    {
        (FloatHistogram? sum, HistogramNotes sumNotes) = Sum("{{count:1}}", "{{schema:-53 count:1}}", "{{count:1}}");
        sum.ShouldBeNull();
        sumNotes.ShouldBe(HistogramNotes.MixedSchemas);
        (FloatHistogram? average, HistogramNotes averageNotes) = Average("{{count:1}}", "{{schema:-53 count:1}}", "{{count:1}}");
        average.ShouldBeNull();
        averageNotes.ShouldBe(HistogramNotes.MixedSchemas);
    }

    [Fact]
    public void SumAndAverage_ResetAndNoResetAmongTheInputs_IsACollision()
    {
        // The sum of the first two already has an unknown hint, which hides the third from it.
        string[] histograms = ["{{count:1 counter_reset_hint:not_reset}}", "{{count:1}}", "{{count:1 counter_reset_hint:reset}}"];
        (FloatHistogram? sum, HistogramNotes sumNotes) = Sum(histograms);
        sumNotes.ShouldBe(HistogramNotes.CounterResetCollision);
        sum!.CounterResetHint.ShouldBe(CounterResetHint.Unknown);
        Average(histograms).Notes.ShouldBe(HistogramNotes.CounterResetCollision);
        Average("{{count:1 counter_reset_hint:not_reset}}", "{{count:1 counter_reset_hint:gauge}}").Notes.ShouldBe(HistogramNotes.None);
    }

    [Fact]
    public void TryGet_NothingAdded_IsFalse()
    {
        var sum = new HistogramSum();
        sum.Add(HistogramText.Parse("{{count:1}}"));
        sum.Reset();
        sum.TryGet(new FloatHistogram()).ShouldBeFalse();
        new HistogramAverage().TryGet(new FloatHistogram()).ShouldBeFalse();
    }

    private static void ShouldBe(FloatHistogram? actual, string expected, double tolerance) =>
        HistogramText.Difference(actual.ShouldNotBeNull(), HistogramText.Parse(expected), tolerance).ShouldBeNull();

    private static (FloatHistogram? Result, HistogramNotes Notes) Sum(params string[] histograms)
    {
        var sum = new HistogramSum();
        foreach (string histogram in histograms)
        {
            sum.Add(HistogramText.Parse(histogram));
        }

        var result = new FloatHistogram();
        return (sum.TryGet(result) ? result : null, sum.Notes);
    }

    private static (FloatHistogram? Result, HistogramNotes Notes) Average(params string[] histograms)
    {
        var average = new HistogramAverage();
        foreach (string histogram in histograms)
        {
            average.Add(HistogramText.Parse(histogram));
        }

        var result = new FloatHistogram();
        return (average.TryGet(result) ? result : null, average.Notes);
    }
}
