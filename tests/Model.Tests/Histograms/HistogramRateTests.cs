using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Histograms;

public sealed class HistogramRateTests
{
    private const string Exponential = "{{schema:0 sum:1 count:1 buckets:[1]}}";
    private const string Custom = "{{schema:-53 sum:1 count:1 custom_values:[5 10] buckets:[1]}}";

    [Fact]
    public void Increase_CounterThatGrows_IsTheDifferenceAsAGauge() => Increase(
        "{{count:15 sum:7.5}}",
        HistogramNotes.None,
        "{{count:3 sum:1.5 counter_reset_hint:not_reset}}", "{{count:9 sum:2 counter_reset_hint:not_reset}}", "{{count:18 sum:9}}").CounterResetHint
        .ShouldBe(CounterResetHint.Gauge);

    [Fact]
    public void Increase_ResetSeenOnlyInABucket_AddsWhatWasThere() => Increase(
        "{{count:6 sum:7 buckets:[1 2 3]}}",
        HistogramNotes.None,
        "{{schema:0 count:4 sum:5 buckets:[1 2 1]}}", "{{schema:0 count:5 sum:6 buckets:[1 1 3]}}", "{{schema:0 count:6 sum:7 buckets:[1 2 3]}}");

    [Fact]
    public void Increase_ResetInTheMiddle_AddsWhatWasThere() => Increase(
        "{{count:13 buckets:[2 11]}}",
        HistogramNotes.None,
        "{{count:3 buckets:[1 2]}}", "{{count:10 buckets:[2 8]}}", "{{count:2 offset:1 buckets:[2]}}", "{{count:6 buckets:[1 5]}}");

    [Fact]
    public void Increase_ExponentialAndCustomBuckets_IsNone()
    {
        Rate(out _, true, [Exponential, Custom, "{{schema:0 sum:5 count:4 buckets:[1 2 1]}}"]).ShouldBe(HistogramNotes.MixedSchemas);
        Rate(out _, true, [Custom, "{{schema:0 sum:5 count:4 buckets:[1 2 1]}}", Custom]).ShouldBe(HistogramNotes.MixedSchemas);
        Rate(out _, false, [Exponential, Custom]).ShouldBe(HistogramNotes.MixedSchemas);
    }

    [Fact]
    public void Increase_OtherBucketsOnlyInAFirstBeforeAReset_LeavesItOut()
    {
        Increase("{{schema:0 sum:5 count:4 buckets:[1 2 1]}}", HistogramNotes.None, Custom, "{{schema:0 sum:5 count:4 buckets:[1 2 1]}}");
        Increase("{{schema:-53 sum:1 count:1 custom_values:[5 10] buckets:[1]}}", HistogramNotes.None, Exponential, Custom);
    }

    [Fact]
    public void Increase_GaugeAmongCounters_IsToldAsNotCounter()
    {
        Rate(out _, true, ["{{count:1}}", "{{count:2 counter_reset_hint:gauge}}", "{{count:3}}"]).ShouldBe(HistogramNotes.NotCounter);
        Rate(out _, true, ["{{count:1 counter_reset_hint:gauge}}", "{{count:3}}"]).ShouldBe(HistogramNotes.NotCounter);
        Rate(out _, false, ["{{count:1 counter_reset_hint:gauge}}", "{{count:3 counter_reset_hint:gauge}}"]).ShouldBe(HistogramNotes.None);
        Rate(out _, false, ["{{count:1 counter_reset_hint:gauge}}", "{{count:2}}", "{{count:3}}"]).ShouldBe(HistogramNotes.NotGauge);
    }

    [Fact]
    public void Increase_CustomBoundsThatDiffer_AreReconciled()
    {
        string[] histograms = ["{{schema:-53 sum:1 count:1 custom_values:[5] buckets:[1]}}", Custom, Custom];
        Rate(out FloatHistogram result, true, histograms).ShouldBe(HistogramNotes.BoundsReconciledInSubtraction);
        HistogramText.Difference(result, HistogramText.Parse("{{schema:-53 custom_values:[5]}}")).ShouldBeNull();
        Rate(out _, false, histograms).ShouldBe(HistogramNotes.BoundsReconciledInSubtraction | HistogramNotes.NotGauge);
    }

    [Fact]
    public void Increase_DifferenceOfGauges_TakesNoResets()
    {
        Rate(
            out FloatHistogram result, false,
            ["{{count:9 buckets:[9] counter_reset_hint:gauge}}", "{{count:1 buckets:[1] counter_reset_hint:gauge}}", "{{count:4 buckets:[4] counter_reset_hint:gauge}}"]);
        HistogramText.Difference(result, HistogramText.Parse("{{count:-5 buckets:[-5]}}")).ShouldBeNull();
    }

    [Fact]
    public void Increase_DeltasByStartTimestamps_SumUp()
    {
        string[] histograms = ["{{sum:60 count:60}}", "{{sum:60 count:60}}", "{{sum:60 count:60}}"];
        Rate(out FloatHistogram result, true, histograms, [60_000, 120_000, 180_000], [1, 60_000, 120_000]).ShouldBe(HistogramNotes.None);
        HistogramText.Difference(result, HistogramText.Parse("{{sum:120 count:120}}")).ShouldBeNull();
        Rate(out result, true, histograms, [60_000, 120_000, 180_000], [60_000, 120_000, 180_000]).ShouldBe(HistogramNotes.None);
        HistogramText.Difference(result, HistogramText.Parse("{{}}")).ShouldBeNull();
    }

    [Theory]
    [InlineData(0, 60, 0, 120, false)]
    [InlineData(0, 60, 60, 120, false)]
    [InlineData(60, 60, 60, 120, false)]
    [InlineData(1, 60, 60, 120, true)]
    [InlineData(90, 60, 60, 120, false)]
    [InlineData(1, 60, 61, 120, true)]
    [InlineData(1, 60, 59, 120, false)]
    [InlineData(1, 60, 120, 120, false)]
    [InlineData(1, 60, 121, 120, false)]
    public void IsReset_StartTimestamps_TellOfAReset(long previousStart, long previous, long start, long timestamp, bool expected) =>
        StartTimestamps.IsReset(previousStart, previous, start, timestamp).ShouldBe(expected);

    [Theory]
    [InlineData(1, 60, 1, false)]
    [InlineData(1, 60, 60, false)]
    [InlineData(1, 60, 0, false)]
    [InlineData(1, 60, 30, true)]
    public void Overlap_StartTimestamps_AreTold(long previousStart, long previous, long start, bool expected) =>
        StartTimestamps.Overlap(previousStart, previous, start).ShouldBe(expected);

    [Fact]
    public void Difference_TwoOfACounter_IsTheSecondAfterAReset()
    {
        Difference("{{count:5 sum:3 buckets:[5]}}", "{{count:7 sum:4 buckets:[7]}}", true, "{{count:2 sum:1 buckets:[2]}}", HistogramNotes.None);
        Difference("{{count:5 sum:3 buckets:[5]}}", "{{count:4 sum:4 buckets:[4]}}", true, "{{count:4 sum:4 buckets:[4]}}", HistogramNotes.None);
        Difference("{{count:5 sum:3 buckets:[5]}}", "{{count:4 sum:4 buckets:[4]}}", false, "{{count:-1 sum:1 buckets:[-1]}}", HistogramNotes.NotGauge);
        Difference("{{count:5 counter_reset_hint:gauge}}", "{{count:6}}", true, "{{count:1}}", HistogramNotes.NotCounter);
        Difference("{{count:5 counter_reset_hint:gauge}}", "{{count:6 counter_reset_hint:gauge}}", false, "{{count:1}}", HistogramNotes.None);
    }

    [Fact]
    public void Difference_ExponentialAndCustomBuckets_IsNoneForAGauge()
    {
        var result = new FloatHistogram();
        HistogramRate.Difference(Range([Exponential, Custom], [0, 1], []), false, result).ShouldBe(HistogramNotes.MixedSchemas | HistogramNotes.NotGauge);
        HistogramRate.Difference(Range([Exponential, Custom], [0, 1], []), true, result).ShouldBe(HistogramNotes.None);
        HistogramText.Difference(result, HistogramText.Parse(Custom)).ShouldBeNull();
    }

    [Fact]
    public void CountResets_HintsCountsAndStarts_AreCounted() => HistogramRate.CountResets(
        Range(["{{count:1}}", "{{count:2}}", "{{count:1}}", "{{count:9 counter_reset_hint:reset}}", "{{count:10}}"], [10, 20, 30, 40, 50], [1, 1, 25, 35, 45]))
        .ShouldBe(3);

    [Theory]
    [InlineData(-10, 50, false, true, 3)]
    [InlineData(-10, 50, true, true, 3.333333333333333)]
    [InlineData(-55, 5, false, true, 0)]
    [InlineData(-10, 50, true, false, 3.333333333333333)]
    public void TryIncrease_SteadyCounter_IsWhatLiesBetweenTheBounds(int start, int end, bool smoothed, bool isCounter, double expected)
    {
        string[] histograms = [.. Enumerable.Range(1, 8).Select(static i => $"{{{{count:{i} sum:{i} offset:1 buckets:[{i}]}}}}")];
        int seen = smoothed ? 8 : (end / 15) + 1;
        Extended([.. histograms.Take(seen)], 15, start, end, smoothed, isCounter, out FloatHistogram result, out HistogramNotes notes).ShouldBeTrue();
        (result.Count, result.Sum).ShouldBe((expected, expected));
        notes.ShouldBe(isCounter ? HistogramNotes.None : HistogramNotes.NotGauge);
    }

    [Fact]
    public void TryIncrease_ResetAtTheLastSample_IsFoundOnce()
    {
        string[] histograms = ["{{count:5 buckets:[5]}}", "{{count:10 buckets:[10]}}", "{{count:3 buckets:[3] counter_reset_hint:reset}}"];
        Extended(histograms, 30, 0, 70, false, true, out FloatHistogram result, out _).ShouldBeTrue();
        HistogramText.Difference(result, HistogramText.Parse("{{count:8 buckets:[8]}}")).ShouldBeNull();
    }

    [Fact]
    public void TryIncrease_ResetsAroundAnInterpolatedStart_AreFoundOnce()
    {
        string[] histograms =
        [
            "{{count:10 buckets:[10]}}", "{{count:5 buckets:[5] counter_reset_hint:reset}}", "{{count:2 buckets:[2] counter_reset_hint:reset}}",
            "{{count:4 buckets:[4]}}",
        ];
        Extended(histograms, 10, 1, 15, true, true, out FloatHistogram result, out _).ShouldBeTrue();
        result.Count.ShouldBe(5.5);
    }

    [Fact]
    public void TryIncrease_ResetBeforeTheStart_IsInterpolatedFromZero()
    {
        string[] histograms =
        [
            "{{count:396 buckets:[396] counter_reset_hint:not_reset}}", "{{count:110 buckets:[110] counter_reset_hint:reset}}",
            "{{count:194 buckets:[194] counter_reset_hint:not_reset}}",
        ];
        var range = new HistogramRange([.. histograms.Select(HistogramText.Parse)], [10_000, 20_000, 30_000], []);
        var result = new FloatHistogram();
        new ExtendedHistogramRate().TryIncrease(range, 19_500, 20_500, true, true, result, out _).ShouldBeTrue();
        result.Count.ShouldBe(9.7, 1e-12);
    }

    [Fact]
    public void TryIncrease_NothingInTheRangeOrMixedBuckets_IsNone()
    {
        Extended(["{{count:5}}"], 30, 0, 70, false, true, out _, out HistogramNotes notes).ShouldBeFalse();
        notes.ShouldBe(HistogramNotes.None);
        Extended([Exponential, Custom, Exponential], 30, 0, 70, false, true, out _, out notes).ShouldBeFalse();
        notes.ShouldBe(HistogramNotes.MixedSchemas);
        new ExtendedHistogramRate().TryIncrease(default, 0, 10, false, true, new FloatHistogram(), out _).ShouldBeFalse();
    }

    [Fact]
    public void At_BetweenExponentialAndCustomBuckets_IsNone() =>
        HistogramInterpolation.At(5, HistogramText.Parse(Exponential), 0, HistogramText.Parse(Custom), 10, false, new FloatHistogram())
            .ShouldBe(HistogramNotes.MixedSchemas);

    private static FloatHistogram Increase(string expected, HistogramNotes notes, params string[] histograms)
    {
        Rate(out FloatHistogram result, true, histograms).ShouldBe(notes);
        HistogramText.Difference(result, HistogramText.Parse(expected)).ShouldBeNull();
        return result;
    }

    private static HistogramNotes Rate(out FloatHistogram result, bool isCounter, string[] histograms, long[]? times = null, long[]? starts = null)
    {
        result = new FloatHistogram();
        times ??= [.. Enumerable.Range(1, histograms.Length).Select(static i => i * 30_000L)];
        return new HistogramRate().Increase(Range(histograms, times, starts ?? []), isCounter, result);
    }

    private static void Difference(string first, string second, bool isCounter, string expected, HistogramNotes notes)
    {
        var result = new FloatHistogram();
        HistogramRate.Difference(Range([first, second], [0, 1], []), isCounter, result).ShouldBe(notes);
        HistogramText.Difference(result, HistogramText.Parse(expected)).ShouldBeNull();
        result.CounterResetHint.ShouldBe(CounterResetHint.Gauge);
    }

    private static bool Extended(
        string[] histograms, int step, int start, int end, bool smoothed, bool isCounter, out FloatHistogram result, out HistogramNotes notes)
    {
        result = new FloatHistogram();
        long[] times = [.. Enumerable.Range(0, histograms.Length).Select(i => i * step * 1000L)];
        return new ExtendedHistogramRate().TryIncrease(Range(histograms, times, []), start * 1000L, end * 1000L, smoothed, isCounter, result, out notes);
    }

    private static HistogramRange Range(string[] histograms, long[] times, long[] starts) => new(histograms.Select(HistogramText.Parse).ToArray(), times, starts);
}
