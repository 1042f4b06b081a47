using CsCheck;
using RemoteStore.Blocks.Format;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using MatchType = RemoteStore.Model.Labels.MatchType;

namespace RemoteStore.Blocks.Tests.Format;

/// <summary>Generators of block contents: targets that share scrape times and miss some, series of one sample and of thousands, every hazard of values.</summary>
internal static class BlockGen
{
    private static readonly long[] s_hazards =
    [
        0, long.MinValue, SampleBits.StaleMarker, SampleBits.NormalNaN, 0x7ff0000000000001, unchecked((long)0xfff8000000000000), -1, 1,
        BitConverter.DoubleToInt64Bits(double.PositiveInfinity), BitConverter.DoubleToInt64Bits(double.NegativeInfinity),
        BitConverter.DoubleToInt64Bits(1e300), BitConverter.DoubleToInt64Bits(0.1 + 0.2), BitConverter.DoubleToInt64Bits(double.Epsilon),
    ];

    private static readonly string[] s_metrics = ["up", "http_requests_total", "node_cpu_seconds_total", "latency_bucket", "ALERTS"];

    /// <summary>Contents of one block.</summary>
    public static Gen<BlockModel> Block { get; } = Gen.Int.Select(seed => Build(new Random(seed)));

    /// <summary>Builds a block's contents.</summary>
    public static BlockModel Build(Random random, int maxTargets = 6)
    {
        var model = new BlockModel();
        int targets = random.Next(1, maxTargets);
        for (int t = 0; t < targets; t++)
        {
            long[] scrapes = Scrapes(random);
            int series = random.Next(1, 30);
            for (int s = 0; s < series; s++)
            {
                LabelSet labels = Labels(random, t);
                if (!model.Series.ContainsKey(labels))
                {
                    Fill(random, model[labels], random.Next(12) == 0 ? Scrapes(random) : scrapes);
                }
            }
        }

        foreach (LabelSet empty in model.Series.Where(p => p.Value.Floats.Count + p.Value.Histograms.Count == 0).Select(p => p.Key).ToArray())
        {
            model.Series.Remove(empty);
        }

        return model;
    }

    /// <summary>Matchers of all kinds, on labels that are there, sometimes, or never.</summary>
    public static LabelMatcher Matcher(Random random)
    {
        string name = random.Next(6) switch { 0 => "__name__", 1 => "job", 2 => "instance", 3 => "le", 4 => "zone", _ => "absent" };
        string[] patterns = ["", ".*", ".+", "a|b|up", "job-[01]", "host-.*", "host-1|host-2|", ".*total", "x?", "(job-0)?", "node.*", "[^u].*"];
        string[] values = ["", "up", "job-0", "job-1", "host-0", "host-3", "0.5", "eu", "none"];
        return random.Next(4) switch
        {
            0 => new(MatchType.Equal, name, values[random.Next(values.Length)]),
            1 => new(MatchType.NotEqual, name, values[random.Next(values.Length)]),
            2 => new(MatchType.Regexp, name, patterns[random.Next(patterns.Length)]),
            _ => new(MatchType.NotRegexp, name, patterns[random.Next(patterns.Length)]),
        };
    }

    private static LabelSet Labels(Random random, int target)
    {
        var pairs = new List<KeyValuePair<string, string>>
        {
            new("__name__", s_metrics[random.Next(s_metrics.Length)]), new("job", "job-" + (target % 3)), new("instance", "host-" + target),
        };
        if (random.Next(3) > 0)
        {
            pairs.Add(new("le", (random.Next(20) / 2.0).ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        if (random.Next(4) == 0)
        {
            pairs.Add(new("zone", random.Next(2) == 0 ? "eu" : new string('z', random.Next(1, 300))));
        }

        return LabelSet.FromPairs(pairs);
    }

    private static long[] Scrapes(Random random)
    {
        BlockRange range = BlockModel.Range;
        int count = random.Next(20) switch { 0 => 1, 1 => random.Next(1, 3000), 2 => 10_000, < 6 => random.Next(1, 10), _ => random.Next(10, 200) };
        long interval = Math.Max(1, (long)range.Length / (count + 1) / random.Next(1, 4));
        long first = range.Start + random.Next(0, (int)interval);
        var times = new SortedSet<long>();
        for (int i = 0; i < count; i++)
        {
            long time = first + i * interval + (interval > 20 ? random.Next(-5, 6) : 0);
            times.Add(Math.Clamp(time, range.Start, range.End - 1));
        }

        return [.. times];
    }

    private static void Fill(Random random, ModelSeries series, long[] scrapes)
    {
        int kind = random.Next(10);
        double misses = random.Next(3) == 0 ? random.NextDouble() : 0;
        bool starts = random.Next(4) == 0;
        int from = random.Next(5) == 0 ? random.Next(scrapes.Length) : 0;
        double level = random.Next(1000);
        for (int i = from; i < scrapes.Length; i++)
        {
            if (random.NextDouble() < misses)
            {
                continue;
            }

            long start = starts && random.Next(5) > 0 ? BlockModel.Range.Start - (i / 100) : 0;
            if (kind == 0 || (kind == 1 && i % 7 == 0))
            {
                byte[] payload = new byte[random.Next(40)];
                random.NextBytes(payload);
                series.Histograms[scrapes[i]] = (payload, start);
                continue;
            }

            long bits = kind switch
            {
                2 => random.NextInt64(long.MinValue, long.MaxValue),
                3 => s_hazards[random.Next(s_hazards.Length)],
                4 => BitConverter.DoubleToInt64Bits(Math.Round(level += random.NextDouble() - 0.5, 3)),
                5 or 6 => BitConverter.DoubleToInt64Bits(level),
                7 => BitConverter.DoubleToInt64Bits(random.NextDouble() * 100),
                _ => BitConverter.DoubleToInt64Bits(level += random.Next(100)),
            };
            series.Floats[scrapes[i]] = (bits, start);
        }
    }
}
