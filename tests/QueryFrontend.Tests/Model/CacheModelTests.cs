using CsCheck;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.Testing;
using Shouldly;
using Xunit;

namespace RemoteStore.QueryFrontend.Tests.Model;

/// <summary>With cutting and keeping the answers are those without, whatever is written between.</summary>
public class CacheModelTests
{
    private static readonly QueryFrontendOptions s_options = new() { SplitInterval = TimeSpan.FromHours(2), ResultsCacheBytes = 4 << 20 };

    private static readonly TimeSpan s_backfill = TimeSpan.FromHours(8);

    private static readonly long[] s_steps = [15_000, 60_000, 413_000, 3_600_000];

    /// <summary>What happens next.</summary>
    private enum Move
    {
        Wait,
        Scrape,
        LateWrite,
        NewSeries,
        StaleMarker,
        Ask,
    }

    /// <summary>Every answer is compared with that of the querier alone at the same moment.</summary>
    [Fact]
    public void Query_DataChanges_AnswersAsWithoutCache() => Gen.Select(Gen.Int[0, int.MaxValue - 1], QueryGen.At(FrontendHarness.StartMs).Array[40])
        .Sample(static (seed, queries) => RunAsync(seed, queries, moves: 200).GetAwaiter().GetResult(), iter: 40, threads: 1);

    private static async Task RunAsync(int seed, string[] queries, int moves)
    {
        var random = new Random(seed);
        await using FrontendHarness harness = await FrontendHarness.StartAsync(
            s_options, store: o => o with { Retention = seed % 3 == 0 ? s_backfill + TimeSpan.FromMinutes(1) : TimeSpan.Zero });
        var series = new List<LabelSet>();
        foreach (string name in (string[])["x_total", "g"])
        {
            for (int i = 0; i < 3; i++)
            {
                series.Add(Series(name, i));
            }
        }

        await BackfillAsync(harness, series, random);
        var known = new List<(string Query, long LengthMs, long StepMs, long BackMs)>();
        for (int i = 0; i < moves; i++)
        {
            switch (Next(random))
            {
                case Move.Wait:
                    harness.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 900)));
                    break;
                case Move.Scrape:
                    harness.Time.Advance(TimeSpan.FromSeconds(15));
                    await ScrapeAsync(harness, series, random);
                    break;
                case Move.LateWrite:
                    await LateAsync(harness, series[random.Next(series.Count)], random);
                    break;
                case Move.NewSeries:
                    series.Add(Series(random.Next(2) == 0 ? "x_total" : "g", series.Count));
                    await LateAsync(harness, series[^1], random);
                    break;
                case Move.StaleMarker:
                    await StaleAsync(harness, series[random.Next(series.Count)], random);
                    break;
                default:
                    await AskAsync(harness, queries, known, random);
                    break;
            }
        }

        known.Count.ShouldBeGreaterThan(3);
    }

    private static Move Next(Random random) => random.Next(20) switch
    {
        < 1 => Move.Wait,
        < 5 => Move.Scrape,
        < 6 => Move.LateWrite,
        < 7 => Move.StaleMarker,
        < 8 when random.Next(3) == 0 => Move.NewSeries,
        _ => Move.Ask,
    };

    /// <summary>A new query, or one asked before, over a range that has moved with the clock or is another.</summary>
    private static async Task AskAsync(
        FrontendHarness harness, string[] queries, List<(string Query, long LengthMs, long StepMs, long BackMs)> known, Random random)
    {
        if (known.Count < 4 || (known.Count < queries.Length && random.Next(6) == 0))
        {
            long stepMs = s_steps[random.Next(s_steps.Length)];
            known.Add((queries[known.Count], stepMs * random.Next(1, 80), stepMs, random.Next(3) == 0 ? random.Next(0, 40_000_000) : 0));
        }

        (string text, long lengthMs, long step, long backMs) = known[random.Next(known.Count)];
        long end = harness.NowMs - backMs;
        end -= random.Next(8) == 0 ? 0 : end % step;
        long start = end - (random.Next(4) == 0 ? lengthMs / step / 2 * step : lengthMs);
        end -= random.Next(4) == 0 && end - start > 4 * step ? 3 * step : 0;
        await harness.ShouldAnswerAlikeAsync(text, start, end, step);
    }

    private static LabelSet Series(string name, int i) =>
        LabelSet.From("__name__", name, "job", ((string[])["a", "b", "c"])[i % 3], "i", i.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static async Task BackfillAsync(FrontendHarness harness, List<LabelSet> series, Random random)
    {
        long first = harness.NowMs - (long)s_backfill.TotalMilliseconds;
        foreach (LabelSet labels in series)
        {
            double value = 0;
            long from = random.Next(4) == 0 ? first + random.Next(28_000_000) : first;
            var samples = new List<(long, double)>();
            for (long t = from; t <= harness.NowMs; t += 15_000)
            {
                value = random.Next(200) == 0 ? 0 : value + (random.NextDouble() * 3);
                samples.Add((t + random.Next(100), value));
            }

            await harness.WriteAsync(labels, [.. samples]);
        }

        // Samples that come now and then: what they cause in an answer belongs to few of its steps.
        for (int i = 0; i < 12; i++)
        {
            long at = first + random.NextInt64(0, (long)s_backfill.TotalMilliseconds - 60_000);
            await harness.WriteAsync(Series("rare", i), (at, i), (at + 20_000, i + 1));
        }

        var batch = new BatchBuilder();
        for (long t = first; t <= harness.NowMs; t += 600_000)
        {
            _ = batch.AddHistogram(LabelSet.From("__name__", "h", "job", "a", "i", "0"), t, HistogramPayload.Encode(Histogram((t - first) / 600_000)));
        }

        (await harness.Store.AppendAsync(FrontendHarness.Tenant, batch.Build(), CancellationToken.None)).Rejects.Total.ShouldBe(0);
    }

    private static NativeHistogram Histogram(long n) => new()
    {
        Schema = 1,
        IntegerCount = (ulong)(3 * n),
        SumBits = BitConverter.DoubleToInt64Bits(2.5 * n),
        ZeroThreshold = 0.001,
        IntegerZeroCount = (ulong)n,
        PositiveSpans = [new HistogramSpan(0, 2)],
        PositiveDeltas = [n, 0],
    };

    private static async Task ScrapeAsync(FrontendHarness harness, List<LabelSet> series, Random random)
    {
        foreach (LabelSet labels in series.Where(_ => random.Next(10) > 0))
        {
            await WriteAsync(harness, labels, harness.NowMs, random.NextDouble() * 100);
        }
    }

    private static Task LateAsync(FrontendHarness harness, LabelSet labels, Random random) =>
        WriteAsync(harness, labels, harness.NowMs - random.NextInt64(1, random.Next(2) == 0 ? 30_000_000 : 1_500_000), random.NextDouble() * 1000);

    private static Task StaleAsync(FrontendHarness harness, LabelSet labels, Random random) => WriteAsync(
        harness, labels, harness.NowMs - random.NextInt64(0, 4_000_000), BitConverter.Int64BitsToDouble(SampleBits.StaleMarker));

    /// <summary>Refusals (another value at that time, too old) are no concern of these tests.</summary>
    private static async Task WriteAsync(FrontendHarness harness, LabelSet labels, long timeMs, double value) =>
        await harness.Store.AppendAsync(
            FrontendHarness.Tenant, new BatchBuilder().AddBits(labels, timeMs, BitConverter.DoubleToInt64Bits(value)).Build(), CancellationToken.None);
}
