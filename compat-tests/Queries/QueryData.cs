using RemoteStore.CompatTests.Peers;
using RemoteStore.Model.Samples;
using RemoteStore.Testing.PromQL;

namespace RemoteStore.CompatTests.Queries;

/// <summary>
/// Samples for queries: a hundred minutes of counters with resets, gauges, constants, NaN and infinities, stale markers, classic histograms, series that
/// begin and end, gaps longer than the lookback. Values have few bits, so that adding them up is exact in any order. No sample lies on a whole second,
/// and all queries ask for whole seconds: none meets the left end of a range.
/// </summary>
internal sealed class QueryData
{
    /// <summary>Time of the first samples, seconds since the Unix epoch.</summary>
    public const long Start = 1_700_000_000;

    /// <summary>Length in seconds.</summary>
    public const long Length = 6000;

    private const long IntervalMs = 15_000;
    private const int Samples = (int)(Length * 1000 / IntervalMs);
    private static readonly long s_nan = 0x7ff8000000000001; // the NaN that Prometheus itself makes

    private readonly Random _random;
    private readonly List<DataSeries> _series = [];
    private readonly List<QueryMetric> _metrics = [];

    private QueryData(int seed) => _random = new Random(seed);

    /// <summary>The series.</summary>
    /// <remarks>In the order of their labels, so that the order in which they are stored is no different.</remarks>
    public IReadOnlyList<DataSeries> Series => [.. _series.OrderBy(static s => string.Concat(s.Labels.Select(static l => $"{l.Name}\xff{l.Value}\xff")), StringComparer.Ordinal)];

    /// <summary>What can be asked for.</summary>
    public IReadOnlyList<QueryMetric> Metrics => _metrics;

    /// <summary>Draws the data.</summary>
    public static QueryData Create(int seed)
    {
        var data = new QueryData(seed);
        data.AddCounters();
        data.AddGauges();
        data.AddSpecials();
        data.AddComingAndGoing();
        data.AddHistograms();
        return data;
    }

    private static (string, string)[] Target(string job, string instance) => [("instance", instance), ("job", job)];

    private static IEnumerable<(string Job, string Instance)> Targets() =>
        from job in (string[])["api", "web"] from instance in (string[])["a:1", "b:1", "c:1"] select (job, instance);

    private void AddCounters()
    {
        foreach ((string job, string instance) in Targets())
        {
            foreach (string code in (string[])["200", "404", "500"])
            {
                Add(QueryMetricKind.SteadyCounter, "requests_total", [.. Target(job, instance), ("code", code)], Steady(Rising(5000, 40, resets: true)));
            }

            // After a gap, 2.42 extrapolates small counters further down than later versions do: these stay large.
            Add(QueryMetricKind.Counter, "bytes_total", Target(job, instance), WithGaps(Steady(Rising(1_000_000, 1000, resets: false))));
            Add(QueryMetricKind.Info, "build_info", [.. Target(job, instance), ("version", "v" + instance[0]), ("commit", "c" + job)], Steady(Always(1)));
        }
    }

    private void AddGauges()
    {
        foreach ((string job, string instance) in Targets())
        {
            foreach (string zone in (string[])["x", "ü-1"])
            {
                Add(QueryMetricKind.Gauge, "temperature", [.. Target(job, instance), ("zone", zone)], Jittered(Walk(20, 8, 0.125)));
            }

            Add(QueryMetricKind.Gauge, "memory_bytes", Target(job, instance), Jittered(Walk(4_000_000_000, 4096, 4096)));
            Add(QueryMetricKind.Gauge, "queue_length", Target(job, instance), Steady(_ => _random.Next(6)));
            Add(QueryMetricKind.Gauge, "up", Target(job, instance), Steady(_ => _random.Next(10) == 0 ? 0 : 1));
        }

        for (int i = 0; i < 3; i++)
        {
            (string, string)[] labels = [("job", "batch"), .. Enumerable.Range(0, 12).Select(l => ($"label_{l:00}", $"value {(l + i) % 5}"))];
            Add(QueryMetricKind.Gauge, "wide", labels, Jittered(Walk(0, 16, 0.5)));
        }
    }

    private void AddSpecials()
    {
        double[] mixed = [1, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 0, -0.0, -7.5];
        Add(QueryMetricKind.Gauge, "constant", [("job", "api"), ("kind", "zero")], Steady(Always(0)));
        Add(QueryMetricKind.Gauge, "constant", [("job", "api"), ("kind", "half")], Steady(Always(0.5)));
        Add(QueryMetricKind.Gauge, "constant", [("job", "web"), ("kind", "negative")], Steady(Always(-3.5)));
        Add(QueryMetricKind.Special, "strange", [("job", "api"), ("kind", "nan")], Steady(Always(double.NaN)));
        Add(QueryMetricKind.Special, "strange", [("job", "api"), ("kind", "inf")], Steady(Always(double.PositiveInfinity)));
        Add(QueryMetricKind.Special, "strange", [("job", "web"), ("kind", "-inf")], Steady(Always(double.NegativeInfinity)));
        Add(QueryMetricKind.Special, "strange", [("job", "web"), ("kind", "mixed")], Steady(_ => mixed[_random.Next(mixed.Length)]));
        Add(QueryMetricKind.Special, "strange", [("job", "web"), ("kind", "rarely")], Steady(i => i % 37 == 0 ? double.NaN : i % 11));
    }

    private void AddComingAndGoing()
    {
        for (int i = 0; i < 6; i++)
        {
            // Two lives each; the first ends with a stale marker in every second series.
            int from = _random.Next(100, 200);
            int pause = from + _random.Next(20, 60);
            int again = pause + _random.Next(5, 60);
            int to = _random.Next(again + 10, Samples);
            List<(long TimestampMs, long Bits)> samples = Jittered(Walk(100, 8, 0.25));
            long markerMs = samples[pause].TimestampMs;
            List<(long, long)> lives = [.. samples[from..pause], .. samples[again..to]];
            if (i % 2 == 0)
            {
                lives.Insert(pause - from, (markerMs, SampleBits.StaleMarker));
            }

            Add(QueryMetricKind.Gauge, "short_lived", [("job", i < 3 ? "api" : "web"), ("pod", $"pod-{i}")], lives);
            Add(QueryMetricKind.Gauge, "sparse", [("job", i < 3 ? "api" : "web"), ("pod", $"pod-{i}")], [.. Steady(Walk(5, 4, 1)).Where((_, n) => n % (12 + (i * 4)) == i)]);
        }
    }

    private void AddHistograms()
    {
        foreach ((string job, string instance) in Targets().Where(static t => t.Instance != "c:1"))
        {
            string[] bounds = ["0.1", "0.5", "1", "2.5", "+Inf"];
            double[,] counts = new double[bounds.Length, Samples];
            double[] sums = new double[Samples];
            for (int i = 0; i < Samples; i++)
            {
                for (int n = _random.Next(20); n > 0; n--)
                {
                    int bucket = _random.Next(bounds.Length);
                    sums[i] += (bucket * 0.5) + 0.125;
                    for (int b = bucket; b < bounds.Length; b++)
                    {
                        counts[b, i]++;
                    }
                }
            }

            int phaseMs = PhaseMs(); // one scrape
            for (int b = 0; b < bounds.Length; b++)
            {
                double sum = 1000;
                Add(QueryMetricKind.Bucket, "latency_seconds_bucket", [.. Target(job, instance), ("le", bounds[b])], Steady(i => sum += counts[b, i], phaseMs));
            }

            double count = 1000;
            double total = 4000;
            Add(QueryMetricKind.SteadyCounter, "latency_seconds_count", Target(job, instance), Steady(i => count += counts[bounds.Length - 1, i], phaseMs));
            Add(QueryMetricKind.SteadyCounter, "latency_seconds_sum", Target(job, instance), Steady(i => total += sums[i], phaseMs));
        }
    }

    private Func<int, double> Rising(double start, int most, bool resets)
    {
        double value = start;
        return _ => value = resets && _random.Next(80) == 0 ? 0 : value + _random.Next(most);
    }

    private Func<int, double> Walk(double start, int most, double unit)
    {
        double value = start;
        return _ => value += _random.Next(-most, most + 1) * unit;
    }

    private static Func<int, double> Always(double value) => _ => value;

    private List<(long TimestampMs, long Bits)> Steady(Func<int, double> value) => Steady(value, PhaseMs());

    private static List<(long TimestampMs, long Bits)> Steady(Func<int, double> value, int phaseMs) =>
        [.. Enumerable.Range(0, Samples).Select(i => ((Start * 1000) + (i * IntervalMs) + phaseMs, Bits(value(i))))];

    /// <summary>As <see cref="Steady(Func{int, double})"/>, with scrapes up to 0.4 s early or late.</summary>
    private List<(long TimestampMs, long Bits)> Jittered(Func<int, double> value) =>
        [.. Steady(value).Select(s => (NotWhole(s.TimestampMs + _random.Next(-400, 401)), s.Bits))];

    /// <summary>Leaves some stretches out, shorter and longer than the lookback; half of them begin with a stale marker.</summary>
    private List<(long TimestampMs, long Bits)> WithGaps(List<(long TimestampMs, long Bits)> samples)
    {
        for (int gap = 0; gap < 4; gap++)
        {
            int from = _random.Next(samples.Count - 60);
            int count = _random.Next(3, 45);
            long markerMs = samples[from].TimestampMs;
            samples.RemoveRange(from, count);
            if (gap % 2 == 0)
            {
                samples.Insert(from, (markerMs, SampleBits.StaleMarker));
            }
        }

        return samples;
    }

    private int PhaseMs() => (int)NotWhole(_random.Next(500, 14_500));

    private static long NotWhole(long ms) => ms % 1000 == 0 ? ms + 1 : ms;

    private static long Bits(double value) => double.IsNaN(value) ? s_nan : BitConverter.DoubleToInt64Bits(value);

    private void Add(QueryMetricKind kind, string name, (string Name, string Value)[] labels, List<(long TimestampMs, long Bits)> samples)
    {
        _series.Add(new DataSeries([.. labels.Append(("__name__", name)).OrderBy(static l => l.Item1, StringComparer.Ordinal)], samples));
        int at = _metrics.FindIndex(m => m.Name == name);
        IReadOnlyDictionary<string, IReadOnlyList<string>> known = at < 0 ? new Dictionary<string, IReadOnlyList<string>>() : _metrics[at].Labels;
        var metric = new QueryMetric(
            name, kind, labels.ToDictionary(l => l.Name, l => (IReadOnlyList<string>)[.. known.GetValueOrDefault(l.Name, []).Append(l.Value).Distinct()]));
        if (at < 0)
        {
            _metrics.Add(metric);
        }
        else
        {
            _metrics[at] = metric;
        }
    }
}
