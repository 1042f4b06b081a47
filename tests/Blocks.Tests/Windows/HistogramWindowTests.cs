using CsCheck;
using RemoteStore.Blocks.Windows;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.Blocks.Tests.Windows;

public sealed class HistogramWindowTests
{
    private const long Fine = 300_000;
    private const long Coarse = 3_600_000;
    private const long Start = 1_699_999_200_000;

    [Fact]
    public void Aggregate_AnyHistograms_GivesFirstLastSumAndResets() => Gen.Int.Select(HistogramGen.Run.Array[1, 4]).Sample(
        (seed, runs) =>
        {
            List<(long Time, byte[] Payload)> samples = Times(seed, runs);

            SampleBuffer windows = Aggregate(samples, Fine);

            Check(samples, windows, Fine);
        },
        iter: 500);

    [Fact]
    public void Aggregate_OfFinerWindows_IsThatOfTheHistograms() => Gen.Int.Select(HistogramGen.Run.Array[1, 4]).Sample(
        (seed, runs) =>
        {
            List<(long Time, byte[] Payload)> samples = Times(seed, runs);
            var windows = new SampleBuffer();

            new WindowAggregator(Coarse).Aggregate(Aggregate(samples, Fine), windows);

            Check(samples, windows, Coarse);
        },
        iter: 500);

    [Fact]
    public void Aggregate_BytesThatAreNoHistogram_AreLeftOutAndCounted()
    {
        var samples = new SampleBuffer();
        samples.AddHistogram(Start + 1, 0, [0xff, 0xff]);
        samples.AddHistogram(Start + 2, 0, HistogramPayload.Encode(new NativeHistogram { IntegerCount = 3, IntegerZeroCount = 3 }));
        var windows = new SampleBuffer();
        var aggregator = new WindowAggregator(Fine);

        aggregator.Aggregate(samples, windows);

        aggregator.UnreadableHistograms.ShouldBe(1);
        HistogramWindow window = windows.HistogramWindows.ToArray().ShouldHaveSingleItem();
        (window.Count, window.FirstMs, window.LastMs).ShouldBe((1, Start + 2, Start + 2));
    }

    /// <summary>Puts the histograms at times with gaps, some at the ends of windows.</summary>
    private static List<(long, byte[])> Times(int seed, NativeHistogram[][] runs)
    {
        var random = new Random(seed);
        var samples = new List<(long, byte[])>();
        long time = Start;
        foreach (NativeHistogram histogram in runs.SelectMany(static run => run))
        {
            samples.Add((time, HistogramPayload.Encode(histogram)));
            time += random.Next(4) == 0 ? random.NextInt64(1, 2 * Coarse) : Fine / 4;
        }

        return samples;
    }

    private static SampleBuffer Aggregate(IEnumerable<(long Time, byte[] Payload)> samples, long resolutionMs)
    {
        var source = new SampleBuffer();
        foreach ((long time, byte[] payload) in samples)
        {
            source.AddHistogram(time, 0, payload);
        }

        var windows = new SampleBuffer();
        new WindowAggregator(resolutionMs).Aggregate(source, windows);
        return windows;
    }

    private static void Check(List<(long Time, byte[] Payload)> samples, SampleBuffer actual, long resolutionMs)
    {
        var groups = samples.Select(static s => (s.Time, s.Payload, Histogram: Read(s.Payload))).Where(static s => !s.Histogram.IsStale)
            .GroupBy(s => WindowReference.EndOf(s.Time, resolutionMs)).ToDictionary(static g => g.Key, static g => g.ToArray());
        HistogramWindow[] windows = [.. actual.HistogramWindows.ToArray().Where(static w => w.Count > 0)];
        windows.Select(static w => w.EndMs).ShouldBe(groups.Keys.Order());
        foreach (HistogramWindow window in windows)
        {
            var group = groups[window.EndMs];
            (window.Count, window.FirstMs, window.LastMs).ShouldBe((group.Length, group[0].Time, group[^1].Time));
            actual.Payload(window.First).ToArray().ShouldBe(group[0].Payload);
            actual.Payload(window.Last).ToArray().ShouldBe(group[^1].Payload);
            CheckSum([.. group.Select(static s => s.Histogram)], actual.Payload(window.Sum));
            FloatHistogram[] beforeResets =
                [.. group.Zip(group.Skip(1)).Where(static p => p.Second.Histogram.DetectReset(p.First.Histogram)).Select(static p => p.First.Histogram)];
            CheckSum(actual.Payload(window.Sum).IsEmpty ? [] : beforeResets, actual.Payload(window.Resets));
        }
    }

    private static void CheckSum(FloatHistogram[] parts, ReadOnlySpan<byte> payload)
    {
        var sum = new HistogramSum();
        foreach (FloatHistogram part in parts)
        {
            sum.Add(part);
        }

        var expected = new FloatHistogram();
        if (!sum.TryGet(expected))
        {
            payload.IsEmpty.ShouldBeTrue(); // nothing to add, or buckets that have no sum
            return;
        }

        FloatHistogram actual = Read(payload);
        expected.Compact(0);
        actual.Compact(0);
        actual.Schema.ShouldBe(expected.Schema);
        actual.CustomBounds.ToArray().ShouldBe(expected.CustomBounds.ToArray());
        double[] scalars = [expected.Count, expected.Sum];
        double[] others = [actual.Count, actual.Sum];
        if (parts.All(part => part.Schema == parts[0].Schema && part.ZeroThreshold == parts[0].ZeroThreshold))
        {
            // Otherwise buckets may go to the zero bucket of one or stay their own, by the order in which the reference engine adds.
            actual.PositiveSpans.ToArray().ShouldBe(expected.PositiveSpans.ToArray());
            actual.NegativeSpans.ToArray().ShouldBe(expected.NegativeSpans.ToArray());
            scalars = [.. scalars, expected.ZeroCount, .. expected.PositiveCounts, .. expected.NegativeCounts];
            others = [.. others, actual.ZeroCount, .. actual.PositiveCounts, .. actual.NegativeCounts];
        }

        foreach ((double wanted, double there) in scalars.Zip(others))
        {
            if (!double.IsNaN(wanted) || !double.IsNaN(there))
            {
                Math.Abs(there - wanted).ShouldBeLessThanOrEqualTo(Math.Abs(wanted) * 1e-14);
            }
        }
    }

    private static FloatHistogram Read(ReadOnlySpan<byte> payload)
    {
        var histogram = new FloatHistogram();
        histogram.TryRead(payload).ShouldBeTrue();
        return histogram;
    }
}
