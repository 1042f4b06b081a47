using CsCheck;

namespace RemoteStore.PromQL.Tests.Support;

/// <summary>Nested queries over a <see cref="GeneratedStore"/> whose value at a step depends on that step alone.</summary>
internal static class QueryGen
{
    // Which series topk and limitk take of equal ones depends on the order in which they come, and that of computed series may differ between steps: they are leaves.
    private static readonly string[] s_leaves =
    [
        "m", "n", "h", "rate(m[5m])", "{__name__=~\"m|n\"}", "n > 500", "n{job=~\"job-[1-4]\"}", "m{path=\"/api/v1/resource/3\"}", "h and on (job) n", "n @ 3600",
        "sum by (job) (n)", "max_over_time(n[3m])", "topk by (job) (2, n)", "bottomk(3, rate(m[5m]))", "topk(4, n > 200)", "limitk(4, m)", "limitk by (job) (1, n % 5 > 1)",
    ];

    private static readonly string[] s_wrappers =
    [
        "-({0})", "abs({0})", "({0}) % 300 > 100", "({0}) >= bool 200", "sum by (job) ({0})", "avg without (path) ({0})", "count({0})", "max by (instance) ({0})",
        "limit_ratio(0.5, {0})", "quantile by (job) (0.7, {0})", "count_values(\"v\", {0})",
        "label_replace({0}, \"path\", \"$1\", \"instance\", \"host-(.).*\")", "label_replace({0}, \"__name__\", \"m\", \"\", \"\")", "label_join({0}, \"x\", \"-\", \"job\", \"path\")",
        "absent({0})", "vector(scalar({0}))", "clamp({0}, 10, 900)", "timestamp({0})", "max_over_time(({0})[4m:1m])", "count_over_time(({0})[6m:2m])",
        "({0}) + on (instance, path, job) ({1})", "({0}) * on (job) group_left ({1})", "({0}) / ignoring (path) ({1})", "({0}) > ({1})", "({0}) == bool on (instance) group_right ({1})",
        "({0}) - on (instance) fill (1) ({1})", "({0}) and on (instance) ({1})", "({0}) unless ({1})", "({0}) or ({1})", "({0}) or on (job) ({1})",
    ];

    /// <summary>Queries of a depth of at most three wrappers.</summary>
    public static Gen<string> Queries { get; } = OfDepth(3);

    private static Gen<string> OfDepth(int depth)
    {
        Gen<string> leaf = Gen.Int[0, s_leaves.Length - 1].Select(static i => s_leaves[i]);
        if (depth == 0)
        {
            return leaf;
        }

        Gen<string> inner = OfDepth(depth - 1);
        Gen<string> wrapped = Gen.Select(Gen.Int[0, s_wrappers.Length - 1], inner, inner)
            .Select(static (i, a, b) => s_wrappers[i].Replace("{0}", a, StringComparison.Ordinal).Replace("{1}", b, StringComparison.Ordinal));
        return Gen.Frequency((1, leaf), (5, wrapped));
    }
}
