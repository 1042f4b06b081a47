using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Testing;

namespace RemoteStore.PromQL.Tests.Execution;

/// <summary>Series of targets that are scraped every ten seconds or so: counters with resets, gauges, gaps, ends, and values that are no numbers.</summary>
internal static class RandomSeries
{
    /// <summary>Time of the first scrape.</summary>
    public const long StartMs = 1_000_000;

    /// <summary>Distance of scrapes.</summary>
    public const long IntervalMs = 10_000;

    /// <summary>Fills a storage.</summary>
    /// <param name="seed">The same gives the same.</param>
    /// <param name="targets">Targets, each with series of one timestamp in common.</param>
    /// <param name="scrapes">Scrapes of each target.</param>
    public static TestStorage Create(int seed, int targets, int scrapes)
    {
        var storage = new TestStorage();
        var random = new Random(seed);
        for (int target = 0; target < targets; target++)
        {
            long[] times = [.. Enumerable.Range(0, scrapes).Where(_ => random.Next(20) > 0).Select(i => StartMs + (i * IntervalMs) + random.Next(100))];
            foreach (string bound in (string[])["0.1", "1", "+Inf"])
            {
                Add(storage, random, times, Labels("requests_bucket", target, ("le", bound)), counter: true);
            }

            Add(storage, random, times, Labels("requests_total", target), counter: true);
            Add(storage, random, times, Labels("gauge", target), counter: false);
            Add(storage, random, [.. times.Where(_ => random.Next(3) > 0)], Labels("sparse", target), counter: false);
        }

        return storage;
    }

    private static LabelSet Labels(string name, int target, params (string, string)[] more)
    {
        var pairs = new List<(string Name, string Value)>
        {
            ("__name__", name), ("instance", "i" + target), ("job", "j" + (target % 3)),
        };
        pairs.AddRange(more);
        return LabelSet.FromPairs([.. pairs.OrderBy(static p => p.Name, StringComparer.Ordinal).Select(static p => new KeyValuePair<string, string>(p.Name, p.Value))]);
    }

    private static void Add(TestStorage storage, Random random, long[] times, LabelSet labels, bool counter)
    {
        double value = random.Next(100);
        foreach (long time in times)
        {
            int kind = random.Next(60);
            value = counter
                ? kind == 0 ? random.Next(5) : value + random.Next(10) + random.NextDouble()
                : Math.Round((random.NextDouble() * 1000) - 500, random.Next(4)) + 0.0;
            long bits = kind switch
            {
                1 => SampleBits.StaleMarker,
                2 when !counter => BitConverter.DoubleToInt64Bits(double.NaN),
                3 when !counter => BitConverter.DoubleToInt64Bits(random.Next(2) == 0 ? double.PositiveInfinity : double.NegativeInfinity),
                4 when !counter => BitConverter.DoubleToInt64Bits(1e308),
                _ => BitConverter.DoubleToInt64Bits(value),
            };
            storage.Add(labels, time, bits);
        }
    }
}
