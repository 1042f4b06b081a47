using System.Globalization;
using CsCheck;
using RemoteStore.PromQL.Results;
using Shouldly;
using Xunit;
using static RemoteStore.PromQL.Tests.Windowed.WindowedWorld;

namespace RemoteStore.PromQL.Tests.Windowed;

/// <summary>Answers over windows against answers over the samples that they were made of.</summary>
public sealed class WindowLawTests
{
    private static readonly string[] s_metrics = ["requests_total", "gauge", "sparse", "native_total", "native_gauge", "{__name__=~\"requests.*\"}"];

    private static readonly string[] s_counters = ["requests_total", "native_total"];

    private static readonly Dictionary<int, WindowedWorld> s_coarse = Worlds(static _ => Coarse);
    private static readonly Dictionary<int, WindowedWorld> s_mixed = Worlds(Mixed);

    [Fact]
    public void ExactFunctions_OverAlignedWindows_AnswerAsOverSamples() =>
        Gen.Select(Gen.Int[0, 3], Gen.Bool, Gen.Int[0, Exact.Length - 1], Gen.Int[0, s_metrics.Length - 1], Gen.Int[1, 5], Gen.Int[1, 3], Gen.Int[0, 2]).Sample(
            (seed, mixed, function, metric, range, step, offset) =>
            {
                string selector = $"{s_metrics[metric]}[{range * 5}m]" + (offset == 0 ? "" : $" offset {offset * 5}m");
                string query = Format(Exact[function], selector);
                var request = new QueryRequest(query, StartMs, EndMs, step * Coarse);
                WindowedWorld world = (mixed ? s_mixed : s_coarse)[seed];
                (SortedDictionary<string, Point> raw, _) = Evaluate(world.Raw, request);
                (SortedDictionary<string, Point> windowed, QueryResult result) = Evaluate(world.Windowed, request);
                ShouldBeSame(windowed, raw, query);
                WindowInfos(result).ShouldBeEmpty(query);
            },
            iter: 1200);

    [Fact]
    public void ExtendedRanges_OverAlignedWindows_AnswerAsOverSamples() =>
        Gen.Select(Gen.Int[0, 3], Gen.Bool, Gen.Int[0, Extended.Length - 1], Gen.Int[0, 4], Gen.Int[1, 5]).Sample(
            (seed, mixed, function, metric, range) =>
            {
                bool isCounter = !Extended[function].StartsWith("delta", StringComparison.Ordinal);
                string query = Format(Extended[function], $"{(isCounter ? s_counters[metric % 2] : s_metrics[metric])}[{range * 5}m]");
                var request = new QueryRequest(query, StartMs, EndMs, Coarse);
                WindowedWorld world = (mixed ? s_mixed : s_coarse)[seed];
                (SortedDictionary<string, Point> raw, _) = Evaluate(world.Raw, request);
                (SortedDictionary<string, Point> windowed, QueryResult result) = Evaluate(world.Windowed, request);
                ShouldBeSame(windowed, raw, query);
                WindowInfos(result).ShouldBeEmpty(query);
            },
            iter: 300);

    [Fact]
    public void AnyFunction_OverAnyWindows_AnswersWhereSamplesDoAndSaysWhenItDiffers() =>
        Gen.Select(Gen.Int[0, 3], Gen.Bool, Functions, Gen.Int[0, s_metrics.Length - 1], Gen.Int[1, 900], Gen.Long[0, 70 * Minute], Gen.Int[1, 1000]).Sample(
            (seed, mixed, function, metric, range, start, step) =>
            {
                string query = Format(function, $"{s_metrics[metric]}[{range}s]");
                var request = new QueryRequest(query, StartMs + start, StartMs + start + (7000L * step), 1000L * step);
                WindowedWorld world = (mixed ? s_mixed : s_coarse)[seed];
                (SortedDictionary<string, Point> raw, QueryResult before) = Evaluate(world.Raw, request);
                (SortedDictionary<string, Point> windowed, QueryResult result) = Evaluate(world.Windowed, request);
                if (!function.StartsWith("absent", StringComparison.Ordinal))
                {
                    raw.Keys.Except(windowed.Keys).ShouldBeEmpty(query);
                }

                if (WindowInfos(result).Count == 0)
                {
                    ShouldBeSame(windowed, raw, query);
                    result.Warnings.ShouldBe(before.Warnings, query);
                }
            },
            iter: 2500);

    [Fact]
    public void InstantSelectors_OverAnyWindows_AnswerWhereSamplesDoAndSayWhenTheyDiffer() =>
        Gen.Select(Gen.Int[0, 3], Gen.Bool, Gen.Int[0, 4], Gen.Int[0, 3], Gen.Long[0, 70 * Minute], Gen.Int[1, 1000], Gen.Int[5, 400]).Sample(
            (seed, mixed, metric, shape, start, step, lookback) =>
            {
                string query = Format(((string[])["{0}", "timestamp({0})", "{0} smoothed", "max_over_time({0}[5m:30s])"])[shape], s_metrics[metric]);
                var request = new QueryRequest(query, StartMs + start, StartMs + start + (20_000L * step), 1000L * step) { LookbackDelta = TimeSpan.FromSeconds(lookback) };
                WindowedWorld world = (mixed ? s_mixed : s_coarse)[seed];
                (SortedDictionary<string, Point> raw, _) = Evaluate(world.Raw, request);
                (SortedDictionary<string, Point> windowed, QueryResult result) = Evaluate(world.Windowed, request);
                raw.Keys.Except(windowed.Keys).ShouldBeEmpty(query);
                if (WindowInfos(result).Count == 0)
                {
                    ShouldBeSame(windowed, raw, query);
                }
            },
            iter: 1000);

    [Fact]
    public void Instants_AtEndsOfWindows_AnswerAsOverSamples() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4], Gen.Int[5, 400]).Sample(
            (seed, metric, lookback) =>
            {
                var request = new QueryRequest(s_metrics[metric], StartMs, EndMs, Coarse) { LookbackDelta = TimeSpan.FromSeconds(lookback) };
                (SortedDictionary<string, Point> raw, _) = Evaluate(s_mixed[seed].Raw, request);
                (SortedDictionary<string, Point> windowed, QueryResult result) = Evaluate(s_mixed[seed].Windowed, request);
                ShouldBeSame(windowed, raw, request.Query);
                WindowInfos(result).ShouldBeEmpty();
            },
            iter: 200);

    [Fact]
    public void WindowsOfOneSample_WithAnyFunction_AnswerAsSamples()
    {
        var world = Of(11, static _ => 5_000);
        foreach (string function in (string[])[.. Exact, .. Estimated, .. Extended, "changes({0} anchored)", "resets({0} anchored)"])
        {
            foreach (string metric in s_metrics)
            {
                string query = Format(function, $"{metric}[3m]");
                var request = new QueryRequest(query, StartMs, EndMs, 95_000);
                (SortedDictionary<string, Point> raw, QueryResult before) = Evaluate(world.Raw, request);
                (SortedDictionary<string, Point> windowed, QueryResult result) = Evaluate(world.Windowed, request);
                ShouldBeSame(windowed, raw, query);
                result.Warnings.ShouldBe(before.Warnings, query);
                result.Infos.ShouldBe(before.Infos, query);
            }
        }
    }

    [Theory]
    [InlineData("changes({0})")]
    [InlineData("resets({0})")]
    [InlineData("stddev_over_time({0})")]
    [InlineData("stdvar_over_time({0})")]
    public void Spread_OverAlignedWindows_IsNotAboveThatOfSamples(string function)
    {
        foreach ((WindowedWorld world, string metric) in s_coarse.Values.SelectMany(static w => (IEnumerable<(WindowedWorld, string)>)[(w, "gauge"), (w, "requests_total")]))
        {
            var request = new QueryRequest(Format(function, metric + "[15m]"), StartMs, EndMs, Coarse);
            (SortedDictionary<string, Point> raw, _) = Evaluate(world.Raw, request);
            (SortedDictionary<string, Point> windowed, _) = Evaluate(world.Windowed, request);
            windowed.Keys.ShouldBe(raw.Keys);
            raw.Where(point => windowed[point.Key].Value > point.Value.Value * (1 + 1e-9)).ShouldBeEmpty();
        }
    }

    [Theory]
    [InlineData("quantile_over_time(0, {0})", "min_over_time({0})")]
    [InlineData("quantile_over_time(1, {0})", "max_over_time({0})")]
    public void OuterQuantiles_OverAlignedWindows_AreTheExtremes(string quantile, string extreme)
    {
        foreach ((_, WindowedWorld world) in s_coarse)
        {
            var ofSamples = new QueryRequest(Format(extreme, "gauge[15m]"), StartMs, EndMs, Coarse);
            var ofWindows = new QueryRequest(Format(quantile, "gauge[15m]"), StartMs, EndMs, Coarse);
            (SortedDictionary<string, Point> raw, _) = Evaluate(world.Raw, ofSamples);
            (SortedDictionary<string, Point> windowed, _) = Evaluate(world.Windowed, ofWindows);
            windowed.Keys.ShouldBe(raw.Keys);
            windowed.Where(point => double.IsFinite(point.Value.Value)).ShouldAllBe(point => point.Value.Value == raw[point.Key].Value);
        }
    }

    [Fact]
    public void Range_OverWindows_HasAtEachStepWhatAnInstantQueryHas() =>
        Gen.Select(Gen.Int[0, 3], Functions, Gen.Int[0, s_metrics.Length - 1], Gen.Int[1, 900], Gen.Long[0, 50 * Minute], Gen.Int[1, 400]).Sample(
            (seed, function, metric, range, start, step) =>
            {
                string query = Format(function, $"{s_metrics[metric]}[{range}s]");
                var request = new QueryRequest(query, StartMs + start, StartMs + start + (7000L * step), 1000L * step);
                (SortedDictionary<string, Point> points, _) = Evaluate(s_mixed[seed].Windowed, request);
                var instants = new SortedDictionary<string, string>(StringComparer.Ordinal);
                for (long time = request.StartMs; time <= request.EndMs; time += request.StepMs)
                {
                    foreach ((string key, Point point) in Evaluate(s_mixed[seed].Windowed, QueryRequest.Instant(query, time)).Points)
                    {
                        instants.Add(key, point.ToString());
                    }
                }

                points.Select(static p => (p.Key, p.Value.ToString())).ShouldBe(instants.Select(static p => (p.Key, p.Value)), query);
            },
            iter: 300);

    private static Gen<string> Functions { get; } =
        Gen.Int[0, Exact.Length + Estimated.Length + Extended.Length - 1].Select(static i => ((string[])[.. Exact, .. Estimated, .. Extended])[i]);

    private static Dictionary<int, WindowedWorld> Worlds(Func<long, long> resolutionAt) =>
        Enumerable.Range(0, 4).ToDictionary(static seed => seed, seed => Of(seed, resolutionAt));

    private static string Format(string text, string argument) => string.Format(CultureInfo.InvariantCulture, text, argument);
}
