using System.Globalization;
using RemoteStore.Model;
using RemoteStore.Model.Histograms;
using RemoteStore.Model.Labels;
using RemoteStore.Model.Samples;
using RemoteStore.PromQL.Functions;
using RemoteStore.PromQL.Results;
using RemoteStore.PromQL.Testing;
using RemoteStore.Testing.Windows;
using Shouldly;
using IQueryable = RemoteStore.Storage.Querying.IQueryable;

namespace RemoteStore.PromQL.Tests.Windowed;

/// <summary>Two hours of counters, gauges and native histograms, as samples and as windows, and how answers over both compare.</summary>
internal sealed class WindowedWorld
{
    public const long Minute = 60_000;
    public const long Fine = Minute;
    public const long Coarse = 5 * Minute;
    public const long StartMs = 20 * Minute;
    public const long EndMs = 120 * Minute;

    private const long FirstMs = 1_000_000;
    private const long IntervalMs = 10_000;
    private const int Scrapes = 720;
    private const double LargestValue = 1000; // of gauges: what is lost to rounding does not depend on how small a result is

    /// <summary>Functions whose answers over aligned windows are those over samples.</summary>
    public static readonly string[] Exact =
    [
        "rate({0})", "increase({0})", "delta({0})", "sum_over_time({0})", "avg_over_time({0})", "min_over_time({0})", "max_over_time({0})", "count_over_time({0})",
        "last_over_time({0})", "first_over_time({0})", "present_over_time({0})", "absent_over_time({0})", "ts_of_first_over_time({0})", "ts_of_last_over_time({0})",
    ];

    /// <summary>All others.</summary>
    public static readonly string[] Estimated =
    [
        "irate({0})", "idelta({0})", "changes({0})", "resets({0})", "quantile_over_time(0.3, {0})", "stddev_over_time({0})", "stdvar_over_time({0})", "mad_over_time({0})",
        "deriv({0})", "predict_linear({0}, 60)", "double_exponential_smoothing({0}, 0.5, 0.1)", "ts_of_min_over_time({0})", "ts_of_max_over_time({0})",
    ];

    /// <summary>Functions that take ranges reaching beyond their ends.</summary>
    public static readonly string[] Extended =
        ["rate({0} anchored)", "increase({0} anchored)", "delta({0} anchored)", "rate({0} smoothed)", "increase({0} smoothed)", "delta({0} smoothed)"];

    private WindowedWorld(TestStorage raw, IQueryable windowed) => (Raw, Windowed) = (raw, windowed);

    public TestStorage Raw { get; }

    public IQueryable Windowed { get; }

    /// <summary>Makes the same world for the same seed.</summary>
    /// <param name="seed">Decides the samples.</param>
    /// <param name="resolutionAt">Resolution at a time.</param>
    public static WindowedWorld Of(int seed, Func<long, long> resolutionAt)
    {
        var raw = new TestStorage();
        var random = new Random(seed);
        foreach (string instance in (string[])["a", "b"])
        {
            AddFloats(raw, random, LabelSet.From("__name__", "requests_total", "instance", instance), missing: 20, isCounter: true);
            AddFloats(raw, random, LabelSet.From("__name__", "gauge", "instance", instance), missing: 20, isCounter: false);
            AddFloats(raw, random, LabelSet.From("__name__", "sparse", "instance", instance), missing: 2, isCounter: false);
        }

        AddHistograms(raw, random);
        return new WindowedWorld(raw, new DownsampledStore(raw, Coarse, resolutionAt));
    }

    /// <summary>Coarse windows, then fine ones, then samples.</summary>
    public static long Mixed(long time) => time <= 50 * Minute ? Coarse : time <= 80 * Minute ? Fine : 0;

    /// <summary>Evaluates; values by time and labels.</summary>
    public static (SortedDictionary<string, Point> Points, QueryResult Result) Evaluate(IQueryable store, QueryRequest request, EngineOptions? options = null)
    {
        var engine = new QueryEngine(options ?? new EngineOptions(), TimeProvider.System);

        // The stores answer at once, so that the task is complete.
        QueryResult result = engine.QueryAsync(TenantId.Anonymous, store, request, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        engine.Pools.Outstanding.ShouldBe(0);
        engine.UnreturnedBytes.ShouldBe(0);
        var points = new SortedDictionary<string, Point>(StringComparer.Ordinal);
        foreach (ResultSeries series in result.Series)
        {
            for (int i = 0; i < series.Times.Length; i++)
            {
                points.Add($"{series.Labels} {series.Times.Span[i]}", new Point(series.Values.Span[i], series.Histograms?[i]));
            }
        }

        return (points, result);
    }

    /// <summary>Infos that speak of windows.</summary>
    public static List<string> WindowInfos(QueryResult result) => [.. result.Infos.Where(static info => info.Contains("downsampled", StringComparison.Ordinal))];

    /// <summary>Fails unless both have the same points with values that are the same but for rounding.</summary>
    public static void ShouldBeSame(SortedDictionary<string, Point> actual, SortedDictionary<string, Point> expected, string query)
    {
        actual.Keys.ShouldBe(expected.Keys, query);
        double scale = expected.Values.Select(static p => Math.Abs(p.Value)).Where(double.IsFinite).Append(LargestValue).Max();
        foreach ((string key, Point point) in expected)
        {
            actual[key].IsNear(point, scale).ShouldBeTrue($"{query}: {key} is {actual[key]}, not {point}");
        }
    }

    private static void AddFloats(TestStorage raw, Random random, LabelSet labels, int missing, bool isCounter)
    {
        double value = random.Next(100);
        for (int i = 0; i < Scrapes; i++)
        {
            if (random.Next(90) == 0)
            {
                i += random.Next(60); // a gap, of which some are longer than windows
            }

            int kind = random.Next(60);
            value = isCounter
                ? kind == 0 ? random.Next(5) : value + random.Next(10) + random.NextDouble()
                : Math.Round((random.NextDouble() * 1000) - 500, random.Next(4)) + 0.0;
            long bits = kind switch
            {
                1 => SampleBits.StaleMarker,
                2 when !isCounter => BitConverter.DoubleToInt64Bits(double.NaN),
                3 when !isCounter => BitConverter.DoubleToInt64Bits(random.Next(2) == 0 ? double.PositiveInfinity : double.NegativeInfinity),
                _ => BitConverter.DoubleToInt64Bits(value),
            };
            if (random.Next(missing) > 0)
            {
                raw.Add(labels, FirstMs + (i * IntervalMs) + random.Next(100), bits);
            }
        }
    }

    private static void AddHistograms(TestStorage raw, Random random)
    {
        foreach (string name in (string[])["native_total", "native_gauge"])
        {
            double[] buckets = new double[3];
            for (int i = 0; i < Scrapes; i++)
            {
                if (random.Next(12) == 0)
                {
                    continue;
                }

                bool isReset = random.Next(40) == 0;
                for (int b = 0; b < buckets.Length; b++)
                {
                    buckets[b] = isReset ? random.Next(3) : buckets[b] + random.Next(4);
                }

                var histogram = new FloatHistogram { Count = buckets.Sum() + 1, ZeroCount = 1, Sum = buckets.Sum() * 1.5, ZeroThreshold = 0.001 };
                histogram.SetPositive([new(0, 2), new(i < 400 ? 1 : 2, 1)], buckets);
                histogram.CounterResetHint = name == "native_gauge" ? CounterResetHint.Gauge : CounterResetHint.Unknown;
                raw.Add(LabelSet.From("__name__", name, "job", "j"), FirstMs + (i * IntervalMs), histogram.ToNative());
            }
        }
    }
}

/// <summary>A value of an answer.</summary>
internal readonly record struct Point(double Value, FloatHistogram? Histogram)
{
    /// <summary>True when both are the same but for rounding, of values of that size.</summary>
    public bool IsNear(Point other, double scale)
    {
        if (Histogram is null || other.Histogram is null)
        {
            return Histogram is null == other.Histogram is null && IsNear(Value, other.Value, scale);
        }

        (double[] own, double[] others) = (Flat(Histogram), Flat(other.Histogram));
        double largest = others.Select(Math.Abs).Max();
        return own.Length == others.Length && own.Zip(others).All(pair => IsNear(pair.First, pair.Second, largest));
    }

    /// <inheritdoc/>
    public override string ToString() => Histogram is null ? Value.ToString("R", CultureInfo.InvariantCulture) : HistogramDescription.Of(Histogram);

    private static bool IsNear(double a, double b, double scale) =>
        a.Equals(b) || Math.Abs(a - b) <= 1e-12 * Math.Max(scale, Math.Max(Math.Abs(a), Math.Abs(b)));

    private static double[] Flat(FloatHistogram histogram)
    {
        var all = new List<double> { histogram.Schema, histogram.ZeroThreshold, histogram.ZeroCount, histogram.Count, histogram.Sum };
        int index = 0;
        int bucket = 0;
        foreach (HistogramSpan span in histogram.PositiveSpans)
        {
            index += span.Offset;
            for (int i = 0; i < span.Length; i++, index++, bucket++)
            {
                if (histogram.PositiveCounts[bucket] != 0)
                {
                    all.AddRange([index, histogram.PositiveCounts[bucket]]);
                }
            }
        }

        return [.. all];
    }
}
