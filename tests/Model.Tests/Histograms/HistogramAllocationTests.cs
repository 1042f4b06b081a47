using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using Shouldly;
using Xunit;

namespace RemoteStore.Model.Tests.Histograms;

/// <summary>Once arrays have their size, no operation allocates.</summary>
public sealed class HistogramAllocationTests
{
    private const string Wide = "{{schema:3 count:96 sum:5 z_bucket:1 z_bucket_w:0.001 buckets:[1 2 3 4 5 6 7 8 9] n_buckets:[1 2 3]}}";
    private const string Shifted = "{{schema:3 count:96 sum:5 z_bucket:1 z_bucket_w:0.01 offset:4 buckets:[1 2 3 4 5 6 7 8 9] n_offset:7 n_buckets:[1 2 3]}}";
    private const string Coarse = "{{schema:1 count:96 sum:5 z_bucket:1 z_bucket_w:0.001 offset:2 buckets:[1 2 3 0 0 6 7 8 9] n_buckets:[1 2 3]}}";

    [Theory]
    [InlineData(Wide, Wide)]
    [InlineData(Wide, Shifted)]
    [InlineData(Wide, Coarse)]
    [InlineData(Coarse, Wide)]
    [InlineData("{{schema:-53 count:6 custom_values:[1 2 3] buckets:[1 2 3]}}", "{{schema:-53 count:6 custom_values:[1 3] buckets:[1 2 3]}}")]
    public void Operations_ArraysOfTheirSize_DoNotAllocate(string left, string right)
    {
        FloatHistogram a = HistogramText.Parse(left);
        FloatHistogram b = HistogramText.Parse(right);
        byte[] payload = HistogramPayload.Encode(a.ToNative());
        var work = new FloatHistogram();
        var result = new FloatHistogram();
        var sum = new HistogramSum();
        var average = new HistogramAverage();
        var rate = new HistogramRate();
        FloatHistogram[] range = [a, b, a];
        long[] times = [1, 2, 3];
        AllocatedBy(() =>
        {
            work.TryRead(payload);
            work.Add(b);
            work.Subtract(a);
            work.AddCompensated(b);
            work.ApplyCompensation();
            work.Multiply(0.5);
            work.Compact(2);
            work.DetectReset(a);
            HistogramStatistics.Quantile(0.9, work, out _);
            HistogramStatistics.Fraction(0.1, 3, work, out _);
            HistogramStatistics.Variance(work);
            work.TrimAbove(1.5);
            sum.Reset();
            average.Reset();
            foreach (FloatHistogram histogram in range)
            {
                sum.Add(histogram);
                average.Add(histogram);
            }

            sum.TryGet(result);
            average.TryGet(result);
            rate.Increase(new HistogramRange(range, times, []), true, result);
        }).ShouldBe(0);
    }

    [Fact]
    public void Quantile_UnsortedClassicBuckets_DoesNotAllocate()
    {
        var buckets = new ClassicBucket[3];
        AllocatedBy(() =>
        {
            buckets[0] = new ClassicBucket(double.PositiveInfinity, 3);
            buckets[1] = new ClassicBucket(2, 2);
            buckets[2] = new ClassicBucket(1, 1);
            ClassicBuckets.Quantile(0.5, buckets, out _);
        }).ShouldBe(0);
    }

    private static long AllocatedBy(Action action)
    {
        for (int i = 0; i < 100; i++)
        {
            action();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            action();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
