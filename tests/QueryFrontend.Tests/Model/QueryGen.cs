using System.Globalization;
using CsCheck;

namespace RemoteStore.QueryFrontend.Tests.Model;

/// <summary>Random queries of every shape that matters to cutting and keeping.</summary>
internal static class QueryGen
{
    private static readonly Gen<string> s_selector = OneOf(
        "x_total", "x_total{job=\"a\"}", "x_total{job!=\"c\"}", "g", "g{job=~\"a|b\"}", "{__name__=~\"x_total|g\"}", "nothing", "h", "rare", "rare");

    private static readonly Gen<string> s_range = OneOf("[1m]", "[5m]", "[17m]", "[1h]", "[1d]");

    private static readonly Gen<string> s_rangeFunction = OneOf(
        "rate", "increase", "irate", "delta", "sum_over_time", "avg_over_time", "max_over_time", "count_over_time", "last_over_time", "stddev_over_time",
        "changes", "resets", "deriv", "absent_over_time");

    private static readonly Gen<string> s_aggregation = OneOf(
        "sum", "sum by (job)", "avg by (job)", "max without (job)", "count", "min by (i)", "stddev", "group", "topk by (job) (1,", "quantile (0.3,", "quantile (3,",
        "count_values (\"v\",", "limitk (1,");

    private static readonly Gen<string> s_binary = OneOf(" + ", " / on (job, i) ", " > bool ", " and ", " or ", " unless on (job) ", " == ");

    /// <summary>A query at about a time.</summary>
    public static Gen<string> At(long nowMs) => Vector(nowMs, 3);

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<string> Modifiers(long nowMs) => Gen.Frequency(
        (8, Gen.Const("")),
        (2, OneOf(" offset 3m", " offset 1h", " offset 25h")),
        (2, OneOf(" offset -3m", " offset -20m", " offset -2h")),
        (1, Gen.Int[-40_000, 4_000].Select(s => string.Create(CultureInfo.InvariantCulture, $" @ {(nowMs / 1000) + s}"))),
        (1, OneOf(" @ start()", " @ end()")));

    private static Gen<string> Vector(long nowMs, int depth)
    {
        Gen<string> leaf = Gen.Select(s_selector, Modifiers(nowMs), (s, m) => s + m);
        Gen<string> ranged = Gen.Select(s_rangeFunction, s_selector, s_range, Modifiers(nowMs), (f, s, r, m) => $"{f}({s}{r}{m})");
        if (depth == 0)
        {
            return Gen.Frequency((2, leaf), (3, ranged));
        }

        Gen<string> inner = Gen.Int[0, depth - 1].SelectMany(d => Vector(nowMs, d));
        return Gen.Frequency(
            (3, leaf),
            (4, ranged),
            (4, Gen.Select(s_aggregation, inner, (a, v) => a.EndsWith(',') ? $"{a}{v})" : $"{a} ({v})")),
            (2, Gen.Select(inner, s_binary, inner, (a, op, b) => $"({a}){op}({b})")),
            (1, inner.Select(v => $"max_over_time(({v})[20m:3m])")),
            (1, inner.Select(v => $"absent({v})")),
            (1, inner.Select(v => $"sort({v}) * 2")),
            (1, inner.Select(v => $"vector(scalar({v}))")),
            (1, inner.Select(v => $"timestamp({v})")),
            (1, inner.Select(v => $"histogram_quantile(0.9, {v})")),
            (1, inner.Select(v => $"label_replace({v}, \"job\", \"$1x\", \"i\", \"(.*)\")")),
            (1, inner.Select(v => $"{v} * time()")),
            (1, inner.Select(v => $"{v} + start()")));
    }
}
