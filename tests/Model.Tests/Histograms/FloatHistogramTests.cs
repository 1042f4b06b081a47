using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Histograms;

public sealed class FloatHistogramTests
{
    [Theory]
    [InlineData("unknown", "unknown", CounterResetHint.Unknown, false)]
    [InlineData("unknown", "not_reset", CounterResetHint.Unknown, false)]
    [InlineData("reset", "unknown", CounterResetHint.Unknown, false)]
    [InlineData("not_reset", "not_reset", CounterResetHint.NotCounterReset, false)]
    [InlineData("reset", "not_reset", CounterResetHint.Unknown, true)]
    [InlineData("not_reset", "reset", CounterResetHint.Unknown, true)]
    [InlineData("gauge", "reset", CounterResetHint.Gauge, false)]
    [InlineData("not_reset", "gauge", CounterResetHint.Gauge, false)]
    public void Add_HintsOfBoth_CombineAsTheReferenceDoes(string left, string right, CounterResetHint expected, bool collision)
    {
        foreach (Func<FloatHistogram, FloatHistogram, HistogramNotes> combine in
            new Func<FloatHistogram, FloatHistogram, HistogramNotes>[] { (a, b) => a.Add(b), (a, b) => a.Subtract(b), (a, b) => a.AddCompensated(b) })
        {
            FloatHistogram a = HistogramText.Parse($"{{{{counter_reset_hint:{left}}}}}");
            combine(a, HistogramText.Parse($"{{{{counter_reset_hint:{right}}}}}"))
                .ShouldBe(collision ? HistogramNotes.CounterResetCollision : HistogramNotes.None);
            a.CounterResetHint.ShouldBe(expected);
        }
    }

    [Fact]
    public void Add_WiderZeroBucketEndingInAPopulatedBucket_GrowsToItsEnd()
    {
        FloatHistogram a = HistogramText.Parse("{{schema:0 count:10 z_bucket:1 z_bucket_w:0.25 offset:-1 buckets:[2 3 4]}}");
        a.Add(HistogramText.Parse("{{schema:0 count:5 z_bucket:5 z_bucket_w:0.75}}")).ShouldBe(HistogramNotes.None);
        HistogramText.Difference(a, HistogramText.Parse("{{schema:0 count:15 z_bucket:11 z_bucket_w:1 offset:1 buckets:[4]}}")).ShouldBeNull();
    }

    [Fact]
    public void Add_ZeroBucketsThatPushEachOther_EndWhereBothEnd()
    {
        FloatHistogram a = HistogramText.Parse("{{schema:1 count:7 z_bucket:1 z_bucket_w:0.5 n_offset:1 n_buckets:[6]}}");
        a.Add(HistogramText.Parse("{{schema:0 count:9 z_bucket:2 z_bucket_w:1.1 buckets:[0 3 4]}}")).ShouldBe(HistogramNotes.None);
        HistogramText.Difference(a, HistogramText.Parse("{{schema:0 count:16 z_bucket:12 z_bucket_w:2 offset:2 buckets:[4]}}")).ShouldBeNull();
    }

    [Fact]
    public void Subtract_BucketsThatOnlyTheOtherHas_BecomeNegative()
    {
        FloatHistogram a = HistogramText.Parse("{{schema:0 count:41 sum:2345.6 buckets:[1 3 1 2 1 1 1] n_buckets:[0 1 4 2 7]}}");
        a.Subtract(HistogramText.Parse("{{schema:1 count:11 sum:1234.5 buckets:[0 2 1] n_buckets:[0 0 3 2]}}"));
        HistogramText.Difference(a, HistogramText.Parse("{{schema:0 count:30 sum:1111.1 buckets:[1 0 1 2 1 1 1] n_buckets:[0 -2 2 2 7]}}")).ShouldBeNull();
    }

    [Fact]
    public void AddCompensated_ValuesOfDifferentMagnitude_LosesNone()
    {
        FloatHistogram sum = HistogramText.Parse("{{count:1 sum:1 buckets:[1 1]}}");
        foreach (string next in new[] { "{{count:2 sum:1e100 buckets:[1e100 1]}}", "{{count:3 sum:1 buckets:[1 1]}}", "{{count:4 sum:-1e100 offset:-1 buckets:[7 -1e100]}}" })
        {
            sum.AddCompensated(HistogramText.Parse(next));
        }

        sum.ApplyCompensation();
        HistogramText.Difference(sum, HistogramText.Parse("{{count:10 sum:2 offset:-1 buckets:[7 2 3]}}")).ShouldBeNull();
    }

    [Fact]
    public void AddCompensated_ReconciledBoundsAndCoarserSchemas_LosesNone()
    {
        FloatHistogram custom = HistogramText.Parse("{{schema:-53 custom_values:[1 2] buckets:[1 1e100 1]}}");
        custom.AddCompensated(HistogramText.Parse("{{schema:-53 custom_values:[2] buckets:[1 -1]}}")).ShouldBe(HistogramNotes.BoundsReconciled);
        custom.AddCompensated(HistogramText.Parse("{{schema:-53 custom_values:[2] buckets:[-1e100 5]}}"));
        custom.ApplyCompensation();
        HistogramText.Difference(custom, HistogramText.Parse("{{schema:-53 custom_values:[2] buckets:[2 5]}}")).ShouldBeNull();

        FloatHistogram fine = HistogramText.Parse("{{schema:1 offset:1 buckets:[1 1e100]}}");
        fine.AddCompensated(HistogramText.Parse("{{schema:0 offset:1 buckets:[1]}}"));
        fine.AddCompensated(HistogramText.Parse("{{schema:1 offset:1 buckets:[1 -1e100]}}"));
        fine.ApplyCompensation();
        HistogramText.Difference(fine, HistogramText.Parse("{{schema:0 offset:1 buckets:[3]}}")).ShouldBeNull();
    }

    [Fact]
    public void AddCompensated_BucketsTakenIntoTheZeroBucket_LosesNone()
    {
        FloatHistogram sum = HistogramText.Parse("{{z_bucket:1 z_bucket_w:0.001 buckets:[1]}}");
        sum.AddCompensated(HistogramText.Parse("{{z_bucket:1e100 z_bucket_w:0.001 buckets:[1e100]}}"));
        sum.AddCompensated(HistogramText.Parse("{{z_bucket:1 z_bucket_w:2}}"));
        sum.AddCompensated(HistogramText.Parse("{{z_bucket:-2e100 z_bucket_w:2}}"));
        sum.ApplyCompensation();
        HistogramText.Difference(sum, HistogramText.Parse("{{z_bucket:3 z_bucket_w:2}}")).ShouldBeNull();
    }

    [Fact]
    public void Divide_ByZero_LeavesOnlyTheZeroBucket()
    {
        FloatHistogram histogram = HistogramText.Parse("{{count:3 sum:-1 z_bucket:0 buckets:[3] counter_reset_hint:reset}}");
        histogram.Divide(0);
        (histogram.Count, histogram.Sum, histogram.ZeroCount).ShouldBe((double.PositiveInfinity, double.NegativeInfinity, double.NaN));
        histogram.PositiveCounts.Length.ShouldBe(0);
        histogram.CounterResetHint.ShouldBe(CounterResetHint.CounterReset);
    }

    [Fact]
    public void CopyFrom_LowerSchema_ForgetsTheHint()
    {
        var copy = new FloatHistogram();
        copy.CopyFrom(HistogramText.Parse("{{schema:2 count:3 offset:1 buckets:[1 1 1] counter_reset_hint:not_reset}}"), 0);
        HistogramText.Difference(copy, HistogramText.Parse("{{schema:0 count:3 offset:1 buckets:[3]}}")).ShouldBeNull();
        copy.CounterResetHint.ShouldBe(CounterResetHint.Unknown);
    }

    [Theory]
    [InlineData("{{schema:1}}", 2)]
    [InlineData("{{schema:1}}", -53)]
    [InlineData("{{schema:-53}}", -54)]
    [InlineData("{{schema:-4}}", -5)]
    public void ReduceResolution_SchemaThatIsNoCoarserOne_Throws(string histogram, int schema) =>
        Should.Throw<ArgumentOutOfRangeException>(() => HistogramText.Parse(histogram).ReduceResolution(schema));

    [Fact]
    public void SetPositive_SpansOfOtherBuckets_Throws()
    {
        var histogram = new FloatHistogram();
        Should.Throw<ArgumentException>(() => histogram.SetPositive([new HistogramSpan(0, 2)], [1]));
        Should.Throw<ArgumentException>(() => histogram.SetPositive([new HistogramSpan(0, uint.MaxValue), new HistogramSpan(0, uint.MaxValue)], [1]));
        Should.Throw<ArgumentException>(() => histogram.SetNegative([new HistogramSpan(-5, 1), new HistogramSpan(-1, 1)], [1, 1]));
        Should.Throw<ArgumentOutOfRangeException>(() => histogram.Reset(9));
        Should.Throw<InvalidOperationException>(() => histogram.SetCustomBounds([1]));
        histogram.Reset(NativeHistogram.CustomBucketsSchema);
        Should.Throw<ArgumentException>(() => histogram.SetPositive([new HistogramSpan(-1, 1)], [1]));
    }

    [Fact]
    public void TryRead_IntegerHistogram_SumsItsDeltas()
    {
        var native = new NativeHistogram
        {
            Schema = 3,
            ZeroThreshold = 0.001,
            IntegerCount = 20,
            IntegerZeroCount = 2,
            SumBits = SampleBits.StaleMarker,
            CounterResetHint = CounterResetHint.NotCounterReset,
            PositiveSpans = [new HistogramSpan(-3, 2), new HistogramSpan(4, 1)],
            PositiveDeltas = [3, 2, -4],
            NegativeSpans = [new HistogramSpan(7, 1)],
            NegativeDeltas = [9],
        };
        var histogram = new FloatHistogram();
        histogram.TryRead(HistogramPayload.Encode(native)).ShouldBeTrue();
        histogram.PositiveCounts.ToArray().ShouldBe([3, 5, 1]);
        histogram.NegativeCounts.ToArray().ShouldBe([9]);
        (histogram.Schema, histogram.Count, histogram.ZeroCount, histogram.ZeroThreshold).ShouldBe((3, 20, 2, 0.001));
        histogram.IsStale.ShouldBeTrue();
        histogram.CounterResetHint.ShouldBe(CounterResetHint.NotCounterReset);
    }

    [Theory]
    [InlineData(9, 0, 1, 1)]
    [InlineData(0, 0, 2, 1)]
    [InlineData(-53, 2, 1, 1)]
    [InlineData(-53, -1, 1, 1)]
    public void TryRead_PayloadThatBreaksARule_IsRefused(int schema, int offset, uint covered, int counts)
    {
        var native = new NativeHistogram
        {
            IsFloat = true,
            Schema = schema,
            PositiveSpans = [new HistogramSpan(offset, covered)],
            PositiveCounts = new double[counts],
            CustomValues = schema == NativeHistogram.CustomBucketsSchema ? [1] : [],
        };
        new FloatHistogram().TryRead(HistogramPayload.Encode(native)).ShouldBeFalse();
    }

    [Fact]
    public void ContentEquals_OtherLayoutBitsOrBounds_IsFalse()
    {
        FloatHistogram a = HistogramText.Parse("{{schema:0 count:3 buckets:[1 2]}}");
        a.ContentEquals(HistogramText.Parse("{{schema:0 count:3 buckets:[1 2] counter_reset_hint:gauge}}")).ShouldBeTrue();
        a.ContentEquals(HistogramText.Parse("{{schema:0 count:3 buckets:[1 2 0]}}")).ShouldBeFalse();
        a.ContentEquals(HistogramText.Parse("{{schema:0 count:3 offset:1 buckets:[1 2]}}")).ShouldBeFalse();
        a.ContentEquals(HistogramText.Parse("{{schema:1 count:3 buckets:[1 2]}}")).ShouldBeFalse();
        a.ContentEquals(HistogramText.Parse("{{schema:0 count:3 sum:-0 buckets:[1 2]}}")).ShouldBeFalse();
        HistogramText.Parse("{{schema:-53 custom_values:[1 2]}}").ContentEquals(HistogramText.Parse("{{schema:-53 custom_values:[1 3]}}")).ShouldBeFalse();
        FloatHistogram split = HistogramText.Copy(a);
        split.SetPositive([new HistogramSpan(0, 1), new HistogramSpan(0, 0), new HistogramSpan(0, 1)], [1, 2]);
        a.ContentEquals(split).ShouldBeFalse();
        split.SetPositive([new HistogramSpan(-2, 0), new HistogramSpan(2, 2)], [1, 2]);
        a.ContentEquals(split).ShouldBeTrue();
    }

    [Fact]
    public void AllBuckets_BucketOverlappingTheZeroBucket_EndsAtIt()
    {
        FloatHistogram histogram = HistogramText.Parse("{{schema:0 z_bucket:3 z_bucket_w:1.5 offset:1 buckets:[4] n_offset:1 n_buckets:[5]}}");
        var buckets = new List<HistogramBucket>();
        foreach (HistogramBucket bucket in histogram.AllBuckets())
        {
            buckets.Add(bucket);
        }

        buckets.ShouldBe(
        [
            new HistogramBucket(-2, -1.5, 5, 1, true, false),
            new HistogramBucket(-1.5, 1.5, 3, 0, true, true),
            new HistogramBucket(1.5, 2, 4, 1, false, true),
        ]);
    }

    [Fact]
    public void PositiveBuckets_CustomBuckets_LieBetweenTheBounds()
    {
        var buckets = new List<HistogramBucket>();
        foreach (HistogramBucket bucket in HistogramText.Parse("{{schema:-53 custom_values:[-1 2] buckets:[3 4 5]}}").PositiveBuckets())
        {
            buckets.Add(bucket);
        }

        buckets.ShouldBe(
        [
            new HistogramBucket(double.NegativeInfinity, -1, 3, 0, true, true),
            new HistogramBucket(-1, 2, 4, 1, false, true),
            new HistogramBucket(2, double.PositiveInfinity, 5, 2, false, true),
        ]);
    }

    [Fact]
    public void DetectReset_CustomBoundsThatDiffer_AreComparedWhereTheyMeet()
    {
        FloatHistogram before = HistogramText.Parse("{{schema:-53 count:15 custom_values:[2 4 6] buckets:[1 2 5 7]}}");
        HistogramText.Parse("{{schema:-53 count:15 custom_values:[2 3 4 6] buckets:[1 0 1 5 8]}}").DetectReset(before).ShouldBeTrue();
        HistogramText.Parse("{{schema:-53 count:16 custom_values:[2 3 4 6] buckets:[1 1 1 5 8]}}").DetectReset(before).ShouldBeFalse();
        HistogramText.Parse("{{schema:0 count:16 buckets:[16]}}").DetectReset(before).ShouldBeTrue();
        before.DetectReset(HistogramText.Parse("{{schema:0 count:1 buckets:[1]}}")).ShouldBeTrue();
    }
}
