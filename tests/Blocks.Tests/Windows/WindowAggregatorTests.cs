using CsCheck;
using RemoteStore.Blocks.Windows;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;

namespace RemoteStore.Blocks.Tests.Windows;

public sealed class WindowAggregatorTests
{
    private const long Fine = 300_000;
    private const long Coarse = 3_600_000;
    private const long Start = 1_699_999_200_000;

    [Fact]
    public void Aggregate_AnySamples_GivesWhatTheFunctionsGive() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            long resolution = random.Next(4) == 0 ? random.Next(1, 50) : Fine;
            long from = random.Next(3) == 0 ? -10 * resolution : Start;
            List<(long, long)> samples = WindowGen.Samples(random, from, from + (20 * resolution), resolution);

            SampleBuffer windows = Aggregate(samples, resolution);

            WindowReference.Difference(WindowReference.Of(samples, resolution), windows.Windows).ShouldBe("");
        },
        iter: 3000);

    [Fact]
    public void Aggregate_OfFinerWindows_IsThatOfTheSamples() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            List<(long, long)> samples = WindowGen.Samples(random, Start, Start + (5 * Coarse), random.Next(2) == 0 ? Fine : Coarse);
            SampleBuffer fine = Aggregate(samples, Fine);
            SampleBuffer expected = Aggregate(samples, Coarse);
            var actual = new SampleBuffer();

            new WindowAggregator(Coarse).Aggregate(fine, actual);

            actual.Windows.Length.ShouldBe(expected.Windows.Length);
            for (int i = 0; i < actual.Windows.Length; i++)
            {
                WindowAggregate window = actual.Windows[i];
                WindowAggregate wanted = expected.Windows[i];
                IEnumerable<WindowAggregate> parts = fine.Windows.ToArray().Where(part => part.EndMs > wanted.StartMs && part.EndMs <= wanted.EndMs);
                (window with { Sum = 0, Resets = 0 }).ShouldBe(wanted with { Sum = 0, Resets = 0 });
                ShouldBeWithin(window.Sum, wanted.Sum, parts.Select(static part => part.Sum));
                ShouldBeWithin(window.Resets, wanted.Resets, parts.Select(static part => part.Resets));
            }
        },
        iter: 2000);

    [Fact]
    public void Aggregate_WholeNumbers_IsExactWhateverItIsMadeOf() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            double value = 0;
            List<(long, long)> samples = [];
            for (long time = Start; time < Start + (3 * Coarse); time += random.Next(1, 60_000))
            {
                value = random.Next(30) == 0 ? random.Next(5) : value + random.Next(1000);
                samples.Add((time, BitConverter.DoubleToInt64Bits(value)));
            }

            var actual = new SampleBuffer();
            new WindowAggregator(Coarse).Aggregate(Aggregate(samples, Fine), actual);

            WindowReference.Difference(WindowReference.Of(samples, Coarse), actual.Windows).ShouldBe("");
        },
        iter: 300);

    [Fact]
    public void Aggregate_SamplesBetweenWindows_AreTakenInOrder() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            List<(long Time, long Bits)> samples = WindowGen.Samples(random, Start, Start + (3 * Coarse), Fine);
            long cut = Start + random.NextInt64(3 * Coarse);
            long second = cut + Fine + random.NextInt64(Coarse); // no window has samples on both sides
            var mixed = new SampleBuffer();
            new WindowAggregator(Fine).Aggregate(WindowGen.Fill(new SampleBuffer(), samples.Where(s => s.Time < cut)), mixed);
            foreach ((long time, long bits) in samples.Where(s => s.Time >= cut && s.Time < second))
            {
                mixed.Add(time, bits);
            }

            new WindowAggregator(Fine).Aggregate(WindowGen.Fill(new SampleBuffer(), samples.Where(s => s.Time >= second)), mixed);
            mixed.SortAndDeduplicate(default(SampleMark));
            var actual = new SampleBuffer();

            new WindowAggregator(Coarse).Aggregate(mixed, actual);

            WindowAggregate[] expected = [.. Aggregate(samples, Coarse).Windows];
            actual.Windows.ToArray().Select(static w => w with { Sum = 0, Resets = 0 }).ShouldBe(expected.Select(static w => w with { Sum = 0, Resets = 0 }));
        },
        iter: 1000);

    [Fact]
    public void Aggregate_HalvesOfWindows_CombineToTheWhole() => Gen.Int.Sample(
        seed =>
        {
            var random = new Random(seed);
            List<(long Time, long Bits)> samples = WindowGen.Samples(random, Start, Start + (6 * Fine), Fine);
            long[] cuts = [.. Enumerable.Range(0, 3).Select(_ => Start + random.NextInt64(6 * Fine)).Append(long.MaxValue).Order()];
            var parts = new SampleBuffer();
            long from = long.MinValue;
            foreach (long cut in cuts)
            {
                new WindowAggregator(Fine).Aggregate(WindowGen.Fill(new SampleBuffer(), samples.Where(s => s.Time >= from && s.Time < cut)), parts);
                from = cut;
            }

            parts.SortAndDeduplicate(default(SampleMark));

            WindowAggregate[] expected = [.. Aggregate(samples, Fine).Windows];
            parts.Windows.ToArray().Where(static w => w.Count > 0).Select(static w => w with { Sum = 0, Resets = 0 })
                .ShouldBe(expected.Where(static w => w.Count > 0).Select(static w => w with { Sum = 0, Resets = 0 }));
        },
        iter: 1000);

    [Fact]
    public void Aggregate_StaleMarkers_EndSeriesOnce()
    {
        List<(long, long)> samples =
        [
            (Start + 1, 7), (Start + 2, SampleBits.StaleMarker), (Start + 3, SampleBits.StaleMarker), // ends in the first window
            (Start + Fine + 1, SampleBits.StaleMarker), // says nothing new
            (Start + (2 * Fine) + 1, SampleBits.StaleMarker), (Start + (2 * Fine) + 2, 7), // comes back
            (Start + (3 * Fine) + 1, SampleBits.StaleMarker), // ends in a window without samples
        ];

        WindowAggregate[] windows = [.. Aggregate(samples, Fine).Windows];

        windows.Select(static w => (w.EndMs - Start, w.Count, StaleMs: w.StaleMs == 0 ? 0 : w.StaleMs - Start)).ShouldBe(
            [(Fine, 1, 2), (3 * Fine, 1, 0), (4 * Fine, 0, (3 * Fine) + 1)]);
    }

    [Fact]
    public void Aggregate_ASampleAtTheEnd_BelongsToTheWindowThatEndsThere()
    {
        WindowAggregate[] windows = [.. Aggregate([(Start, 1), (Start + 1, 2), (Start + Fine, 3), (Start + Fine + 1, 4)], Fine).Windows];

        windows.Select(static w => (w.EndMs - Start, w.Count, w.FirstMs - Start, w.LastMs - Start)).ShouldBe(
            [(0, 1, 0, 0), (Fine, 2, 1, Fine), (2 * Fine, 1, Fine + 1, Fine + 1)]);
    }

    [Fact]
    public void Aggregate_StartTimestamps_TellOfResetsWithinAWindow()
    {
        var samples = new SampleBuffer();
        samples.Add(Start + 1000, BitConverter.DoubleToInt64Bits(5), Start + 500);
        samples.Add(Start + 2000, BitConverter.DoubleToInt64Bits(9), Start + 1500); // began anew, and is higher already
        samples.Add(Start + 3000, BitConverter.DoubleToInt64Bits(10), Start + 1500);
        var windows = new SampleBuffer();

        new WindowAggregator(Fine).Aggregate(samples, windows);

        windows.Windows.ToArray().ShouldHaveSingleItem().Resets.ShouldBe(5);
    }

    [Fact]
    public void Aggregate_ExtremeTimes_DoNotOverflow()
    {
        SampleBuffer windows = Aggregate([(long.MinValue, 1), (long.MaxValue - 1, 2), (long.MaxValue, 3)], Coarse);

        windows.Windows.ToArray().Sum(static w => w.Count).ShouldBe(3);
        windows.Windows[^1].EndMs.ShouldBe(long.MaxValue);
    }

    [Fact]
    public void Aggregate_WindowsThatDoNotDivide_AreRefused()
    {
        SampleBuffer windows = Aggregate([(Start, 1)], 7);

        Should.Throw<ArgumentException>(() => new WindowAggregator(Coarse).Aggregate(windows, new SampleBuffer()));
    }

    [Fact]
    public void Aggregate_WarmedUp_DoesNotAllocate()
    {
        SampleBuffer samples = WindowGen.Fill(new SampleBuffer(), Enumerable.Range(0, 5000).Select(static i => (Start + (i * 15_000L), (long)i << 40)));
        var aggregator = new WindowAggregator(Fine);
        var windows = new SampleBuffer();
        aggregator.Aggregate(samples, windows);
        windows.Clear();
        long before = GC.GetAllocatedBytesForCurrentThread();

        aggregator.Aggregate(samples, windows);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static SampleBuffer Aggregate(IEnumerable<(long, long)> samples, long resolutionMs)
    {
        var windows = new SampleBuffer();
        new WindowAggregator(resolutionMs).Aggregate(WindowGen.Fill(new SampleBuffer(), samples), windows);
        return windows;
    }

    /// <summary>The bound that the aggregator promises: half a unit in the last place of each part, and one of the result.</summary>
    private static void ShouldBeWithin(double actual, double expected, IEnumerable<double> parts)
    {
        if (!double.IsFinite(expected) || !double.IsFinite(actual))
        {
            // A sum that overflows on the way, or meets infinities, has no last place: where one of both is finite the other may not be.
            (double.IsFinite(expected) && double.IsFinite(actual)).ShouldBeFalse();
            return;
        }

        double bound = LastPlace(expected) + parts.Where(double.IsFinite).Sum(static part => LastPlace(part) / 2);
        Math.Abs(actual - expected).ShouldBeLessThanOrEqualTo(bound);
    }

    private static double LastPlace(double value) => Math.BitIncrement(Math.Abs(value)) - Math.Abs(value);
}
