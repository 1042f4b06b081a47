using CsCheck;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Storage.Querying;
using Shouldly;
using Xunit;

namespace RemoteStore.Storage.Tests.Querying;

public sealed class WindowTests
{
    private const long Length = 1000;

    /// <summary>Distinct times in one window, with small whole values, so that sums are exact.</summary>
    private static readonly Gen<(long Time, double Value)[]> s_samples =
        Gen.Select(Gen.Long[1, Length].HashSet[1, 40], Gen.Int[0, 9].Array[40]).Select(static (times, values) =>
            times.Order().Select((time, i) => (time, (double)values[i])).ToArray());

    [Fact]
    public void Combine_PartsOneAfterTheOther_IsTheWindowOfAll() =>
        Gen.Select(s_samples, Gen.Int[0, 40]).Sample(static (samples, cut) =>
        {
            cut = Math.Min(cut, samples.Length);
            WindowAggregate left = Of(samples[..cut]);
            WindowAggregate right = Of(samples[cut..]);
            left.Combine(right).ShouldBe(Of(samples));
            right.Combine(left).ShouldBe(Of(samples));
        });

    [Fact]
    public void Combine_PartsThatInterleave_KnowsAllButTheResets() =>
        Gen.Select(s_samples, Gen.Bool.Array[40]).Sample(static (samples, left) =>
        {
            WindowAggregate all = Of(samples);
            WindowAggregate one = Of([.. samples.Where((_, i) => left[i])]);
            WindowAggregate other = Of([.. samples.Where((_, i) => !left[i])]);
            WindowAggregate both = one.Combine(other);
            both.ShouldBe(other.Combine(one));
            (both with { Resets = 0 }).ShouldBe(all with { Resets = 0 });
            Increase(both).ShouldBeLessThanOrEqualTo(Increase(all));
            Increase(both).ShouldBeGreaterThanOrEqualTo(Math.Max(one.Count == 0 ? 0 : Increase(one), other.Count == 0 ? 0 : Increase(other)));
        });

    [Fact]
    public void Combine_TheSameTwiceOrAPartOfIt_ChangesNothing()
    {
        WindowAggregate window = Of([(10, 5), (20, 3), (30, 8)]);
        window.Combine(window).ShouldBe(window);
        window.Combine(Of([(20, 3), (30, 8)])).ShouldBe(window);
        Of([(10, 5)]).Combine(window).ShouldBe(window);
    }

    [Fact]
    public void Combine_WithMarkerBehindOrBeforeTheLastSample_EndsTheSeriesOnlyBehindIt()
    {
        WindowAggregate ended = Of([(10, 5)]) with { StaleMs = 15 };
        ended.Combine(Of([(12, 1)])).StaleMs.ShouldBe(15);
        ended.Combine(Of([(20, 1)])).StaleMs.ShouldBe(0);
        WindowAggregate marker = new() { EndMs = Length, ResolutionMs = Length, StaleMs = 40 };
        marker.Combine(ended).StaleMs.ShouldBe(40);
        marker.Combine(ended).Count.ShouldBe(1);
        marker.Combine(marker).ShouldBe(marker);
    }

    [Fact]
    public void Combine_NaNs_LeaveMinAndMaxUnlessAllAre()
    {
        WindowAggregate nan = WindowAggregate.OfSample(5, double.NaN);
        WindowAggregate both = nan.Combine(WindowAggregate.OfSample(6, 3));
        (both.Min, both.Max).ShouldBe((3, 3));
        both.Sum.ShouldBe(double.NaN);
        nan.Combine(WindowAggregate.OfSample(7, double.NaN)).Min.ShouldBe(double.NaN);
    }

    [Fact]
    public void SortAndDeduplicate_WindowsInAnyOrder_AscendAndAreDisjoint() =>
        Gen.Select(Gen.Select(Gen.Long[1, 20], Gen.Bool.Select(static coarse => coarse ? 300L : 100L), Gen.Int[0, 9]).Array[0, 30], Gen.Int[0, 1000]).Sample(static (drawn, seed) =>
        {
            WindowAggregate[] windows = [.. drawn.Select(static d =>
                WindowAggregate.OfSample((d.Item1 * d.Item2) - d.Item3, d.Item3) with { EndMs = d.Item1 * d.Item2, ResolutionMs = d.Item2 })];
            WindowAggregate[] sorted = Sorted(windows);
            new Random(seed).Shuffle(windows);
            Sorted(windows).ShouldBe(sorted);
            for (int i = 1; i < sorted.Length; i++)
            {
                sorted[i].StartMs.ShouldBeGreaterThanOrEqualTo(sorted[i - 1].EndMs);
            }

            windows.ShouldAllBe(w => sorted.Any(s => s.StartMs <= w.StartMs && s.EndMs >= w.EndMs));
        });

    [Fact]
    public void SortAndDeduplicate_HistogramWindows_CombineTheirHistograms()
    {
        var samples = new SampleBuffer();
        samples.AddWindow(WindowAggregate.OfSample(1, 1));
        SampleMark before = samples.Mark;
        byte[] three = Payload(3);
        byte[] five = Payload(5);
        samples.AddHistogramWindow(new() { EndMs = 100, ResolutionMs = 100, FirstMs = 60, LastMs = 90, Count = 2 }, three, five, Payload(8), []);
        samples.AddHistogramWindow(new() { EndMs = 100, ResolutionMs = 100, FirstMs = 10, LastMs = 50, Count = 2, StaleMs = 55 }, five, five, Payload(10), []);
        samples.SortAndDeduplicate(before);

        HistogramWindow both = samples.HistogramWindows.ToArray().ShouldHaveSingleItem();
        (both.FirstMs, both.LastMs, both.Count, both.StaleMs).ShouldBe((10, 90, 4, 0));
        samples.Payload(both.First).ToArray().ShouldBe(five);
        samples.Payload(both.Last).ToArray().ShouldBe(five);
        Count(samples.Payload(both.Sum)).ShouldBe(18);
        Count(samples.Payload(both.Resets)).ShouldBe(5, "three follows five");
        samples.Windows.Length.ShouldBe(1);
    }

    [Fact]
    public void AddCopy_SeriesWithWindows_CopiesThem()
    {
        var from = new SeriesBatch();
        from.Samples.AddWindow(WindowAggregate.OfSample(1, 1));
        SampleMark before = from.Samples.Mark;
        from.Samples.Add(7, 7);
        from.Samples.AddWindow(Of([(10, 5)]));
        from.Samples.AddHistogramWindow(new() { EndMs = 100, ResolutionMs = 100, FirstMs = 60, LastMs = 90, Count = 2 }, Payload(3), Payload(5), Payload(8), []);
        from.AddSeries(LabelSet.From("a", "b"), before);
        from.AddSeries(LabelSet.From("a", "c"), from.Samples.Count, from.Samples.HistogramCount);

        var to = new SeriesBatch();
        to.AddCopy(from, 0);
        to.AddCopy(from, 1);
        to.Timestamps(0).ToArray().ShouldBe([7]);
        to.Windows(0).ToArray().ShouldBe([Of([(10, 5)])]);
        HistogramWindow window = to.HistogramWindows(0).ToArray().ShouldHaveSingleItem();
        Count(to.Samples.Payload(window.Sum)).ShouldBe(8);
        window.Resets.Length.ShouldBe(0);
        to.Windows(1).Length.ShouldBe(0);
        to.HistogramWindows(1).Length.ShouldBe(0);

        to.Clear();
        to.Samples.Mark.ShouldBe(default);
    }

    [Fact]
    public void AddWindows_ManyOrToBeFilled_AppendsThemAndTakesBackWhatStaysOver()
    {
        var samples = new SampleBuffer();
        samples.AddWindows([]);
        samples.AddUninitializedWindows(0).Length.ShouldBe(0);
        samples.RemoveLastWindows(0);
        samples.Mark.ShouldBe(default);

        WindowAggregate[] many = [.. Enumerable.Range(1, 100).Select(static i => WindowAggregate.OfSample(i, i))];
        samples.AddWindow(WindowAggregate.OfSample(0, 0));
        samples.AddWindows(many);
        Span<WindowAggregate> filled = samples.AddUninitializedWindows(3);
        filled[0] = WindowAggregate.OfSample(200, 1);
        samples.RemoveLastWindows(2);
        samples.AddWindow(WindowAggregate.OfSample(201, 2));

        samples.Windows.ToArray().ShouldBe([WindowAggregate.OfSample(0, 0), .. many, WindowAggregate.OfSample(200, 1), WindowAggregate.OfSample(201, 2)]);
    }

    [Fact]
    public void CapacityBytes_WithWindows_CountsThem()
    {
        var samples = new SampleBuffer();
        long empty = samples.CapacityBytes;
        samples.AddWindow(Of([(10, 5)]));
        samples.CapacityBytes.ShouldBeGreaterThanOrEqualTo(empty + System.Runtime.CompilerServices.Unsafe.SizeOf<WindowAggregate>());
    }

    private static WindowAggregate[] Sorted(WindowAggregate[] windows)
    {
        var samples = new SampleBuffer();
        samples.AddWindow(WindowAggregate.OfSample(1, 1));
        SampleMark before = samples.Mark;
        foreach (WindowAggregate window in windows)
        {
            samples.AddWindow(window);
        }

        samples.SortAndDeduplicate(before);
        return samples.Windows[1..].ToArray();
    }

    private static double Increase(WindowAggregate window) => window.Last - window.First + window.Resets;

    private static WindowAggregate Of((long Time, double Value)[] samples)
    {
        double resets = 0;
        for (int i = 1; i < samples.Length; i++)
        {
            resets += samples[i].Value < samples[i - 1].Value ? samples[i - 1].Value : 0;
        }

        return samples.Length == 0 ? new() { EndMs = Length, ResolutionMs = Length } : new()
        {
            EndMs = Length,
            ResolutionMs = Length,
            FirstMs = samples[0].Time,
            LastMs = samples[^1].Time,
            Count = samples.Length,
            Sum = samples.Sum(static s => s.Value),
            Min = samples.Min(static s => s.Value),
            Max = samples.Max(static s => s.Value),
            First = samples[0].Value,
            Last = samples[^1].Value,
            Resets = resets,
        };
    }

    private static byte[] Payload(ulong count) =>
        HistogramPayload.Encode(new NativeHistogram { IntegerCount = count, IntegerZeroCount = count });

    private static double Count(ReadOnlySpan<byte> payload)
    {
        var histogram = new FloatHistogram();
        histogram.TryRead(payload).ShouldBeTrue();
        return histogram.Count;
    }
}
