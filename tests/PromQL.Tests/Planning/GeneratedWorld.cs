using System.Globalization;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Samples;
using RemoteStore.Testing.PromQL;

namespace RemoteStore.PromQL.Tests.Planning;

/// <summary>Series of every kind over 100 minutes, a sample every ten seconds from time zero on, and queries over them. The same seed gives the same queries.</summary>
internal sealed class GeneratedWorld
{
    /// <summary>Time after the last sample.</summary>
    public const long EndMs = 6_000_000;

    private const int Samples = 600;

    private static readonly string[] s_jobs = ["api", "web"];
    private static readonly string[] s_instances = ["a", "b", "c"];
    private static readonly List<QueryMetric> s_metrics = [];
    private static readonly SeriesStore s_store = Fill();

    private static readonly QueryTimes s_times = new()
    {
        Ranges = [20, 60, 300],
        SubqueryRanges = [60, 300],
        SubquerySteps = [0, 20, 30],
        Offsets = [10, 300, -60],
        At = [1234, 3000],
    };

    /// <summary>Queries of two sides that match, or do not; <c>{0}</c> and <c>{1}</c> are any queries.</summary>
    private static readonly string[] s_shapes =
    [
        "{0}", "{0}", "({0}) + ({0})", "({0}) - on (job, instance) group_left () ({1})", "({0}) and ({1})", "({0}) or ({0})", "({0}) unless on (job) ({1})",
        "sum by (job) ({0}) / count by (job) ({0})", "topk(2, {0}) or bottomk(1, {0})", "abs({0}) * ignoring (le) ({0})", "max_over_time(({0})[1m:20s]) - min_over_time(({0})[1m:20s])",
        "histogram_sum({0}) / histogram_count({0})", "rate(native[1m]) - increase(native[1m])", "max_over_time(temperature[1m]) - min_over_time(temperature[1m])",
        "sum(sum_over_time(native[1m])) + count(count_over_time(native[1m]))", "delta(temperature[1m]) or resets(temperature[1m]) or changes(temperature[1m])",
        "({0}) + on (job) group_right () sum by (job) ({1})",
    ];

    private static readonly string[] s_sides =
    [
        "temperature", "temperature{job=\"api\"}", "temperature{instance!=\"a\"}", "requests_total{job=~\"a.*\"}", "count by (job) (requests_total)", "native{job=\"web\"}",
        "count by (job, instance) (temperature{instance=~\"a|b\"})", "group without (code) (requests_total{code=\"200\"})", "last_over_time(native[1m])", "{__name__=~\"temp.*|nat.*\",job=\"api\"}",
        "temperature offset 1m", "rate(requests_total{job=\"api\"}[1m])", "sum by (job) (native)", "build_info{version=\"\"}", "build_info{version=\"v1\"}",
    ];

    private static readonly string[] s_operators =
    [
        "+", "-", "*", "/", "==", "> bool", "<", "and", "or", "unless", "+ on (job)", "- on (job, instance)", "* ignoring (code)", "and on (job)", "unless ignoring (instance)",
        "* on (job) group_left ()", "/ on (job, instance) group_right ()", "+ on (job) group_left (version)", "+ fill (0)", "- on (job) fill_left (1)",
    ];

    private readonly Random _random;
    private readonly QueryGenerator _generator;

    public GeneratedWorld(int seed)
    {
        _random = new Random(seed);
        _generator = new QueryGenerator(seed, s_metrics, s_times, QueryLanguage.Prometheus314);
    }

    /// <summary>The series.</summary>
    public static SeriesStore Store => s_store;

    /// <summary>The next query. It may end in an error.</summary>
    public string Next() => _random.Next(3) == 0
        ? $"{Pick(s_sides)} {Pick(s_operators)} {Pick(s_sides)}"
        : string.Format(CultureInfo.InvariantCulture, Pick(s_shapes), _generator.Next(_random.Next(1, 4)), _generator.Next(_random.Next(1, 3)));

    /// <summary>The next query that does not depend on when the query begins and ends.</summary>
    public string NextAnytime()
    {
        while (true)
        {
            string query = Next();
            if (!query.Contains("start()", StringComparison.Ordinal) && !query.Contains("end()", StringComparison.Ordinal))
            {
                return query;
            }
        }
    }

    /// <summary>Asks a query over some range.</summary>
    public QueryRequest Over(string query)
    {
        long step = Pick<long>([10_000, 15_000, 60_000, 77_000]);
        long start = _random.Next(600, 4_000) * 1_000L;
        return new QueryRequest(query, start, start + (step * _random.Next(1, 30)), step);
    }

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];

    private static SeriesStore Fill()
    {
        var store = new SeriesStore();
        var random = new Random(1);
        foreach (string job in s_jobs)
        {
            foreach (string instance in s_instances)
            {
                string[] target = ["job", job, "instance", instance];
                foreach (string code in (string[])["200", "500"])
                {
                    store.Add("requests_total", [.. target, "code", code], Counter(random, gaps: false));
                }

                store.Add("bytes_total", target, Counter(random, gaps: true));
                store.Add("temperature", target, Gauge(random));
                store.Add("build_info", [.. target, "version", $"v{instance.Length + (job == "api" ? 0 : 1)}"], Enumerable.Repeat<double?>(1, Samples));
                store.Add("native", target, Enumerable.Range(1, Samples).Select(i => Histogram(i % 250, random)));
                foreach (string bound in (string[])["0.1", "1", "+Inf"])
                {
                    store.Add("latency_seconds_bucket", [.. target, "le", bound], Counter(random, gaps: false));
                }
            }
        }

        IReadOnlyDictionary<string, IReadOnlyList<string>> labels = new Dictionary<string, IReadOnlyList<string>> { ["instance"] = s_instances, ["job"] = s_jobs };
        s_metrics.Add(new QueryMetric("requests_total", QueryMetricKind.SteadyCounter, With(labels, "code", ["200", "500"])));
        s_metrics.Add(new QueryMetric("bytes_total", QueryMetricKind.Counter, labels));
        s_metrics.Add(new QueryMetric("temperature", QueryMetricKind.Gauge, labels));
        s_metrics.Add(new QueryMetric("native", QueryMetricKind.Gauge, labels));
        s_metrics.Add(new QueryMetric("latency_seconds_bucket", QueryMetricKind.Bucket, With(labels, "le", ["0.1", "1", "+Inf"])));
        s_metrics.Add(new QueryMetric("build_info", QueryMetricKind.Info, With(labels, "version", ["v1", "v2"])));
        return store;
    }

    private static Dictionary<string, IReadOnlyList<string>> With(IReadOnlyDictionary<string, IReadOnlyList<string>> labels, string name, string[] values) =>
        new(labels) { [name] = values };

    private static IEnumerable<double?> Counter(Random random, bool gaps)
    {
        double value = random.Next(1000);
        for (int i = 0; i < Samples; i++)
        {
            value = random.Next(90) == 0 ? 0 : value + (random.Next(100) * 0.1);
            yield return gaps && i % 120 is > 70 and < 115 ? null : value;
        }
    }

    private static IEnumerable<double?> Gauge(Random random)
    {
        double value = 20;
        for (int i = 0; i < Samples; i++)
        {
            value += random.NextDouble() - 0.5;
            yield return random.Next(60) switch
            {
                0 => double.NaN,
                1 => BitConverter.Int64BitsToDouble(SampleBits.StaleMarker),
                2 => double.PositiveInfinity,
                3 => -0.0,
                4 => null,
                _ => value,
            };
        }
    }

    private static FloatHistogram Histogram(int observations, Random random)
    {
        var histogram = new FloatHistogram { Count = observations * 3, Sum = observations * 1.7, ZeroCount = observations };
        histogram.SetPositive([new HistogramSpan(random.Next(2), 2)], [observations, observations]);
        return histogram;
    }
}
