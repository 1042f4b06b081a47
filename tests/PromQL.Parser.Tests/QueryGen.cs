using CsCheck;

namespace RemoteStore.PromQL.Parser.Tests;

/// <summary>Queries that parse and pass the type check. Without a plus before a function in an offset: Prometheus keeps it in the tree but does not print it.</summary>
internal static class QueryGen
{
    private static readonly Gen<string> s_label = OneOf("job", "le", "sum", "on", "\"a.b\"", "\"ä\"", "instance");

    private static readonly Gen<string> s_labels = s_label.Array[0, 3].Select(static l => $"({string.Join(", ", l)})");

    private static readonly Gen<string> s_matcher = Gen.Select(
        OneOf("job", "le", "'x.y'", "\"ü\""), OneOf("=", "!=", "=~", "!~"), OneOf("\"a\"", "'b\\n'", "`c\\d`", "\"\"", "\"☺\\u00e9\""), static (l, o, v) => l + o + v);

    private static readonly Gen<string> s_duration = OneOf("5m", "1h30m", "300", "0.5", "1d", "2w", "1y", "90s", "15ms", "step() + 1m", "(1m + 2m) * 2", "max_of(step(), 5s)", "-2m + 10m", "range() / 4", "2 ^ 3", "(5)");

    private static readonly Gen<string> s_suffix = OneOf(
        "", "", "", " offset 5m", " offset -1h", " @ 100", " @ start()", " @ end() offset 5m", " offset step()", " offset -(5m)", " offset -min_of(5s, step())", " @ -1.5", " offset range()");

    private static readonly Gen<string> s_selector = Gen.Select(
        OneOf("foo", "job:up:rate5m", "sum", "end", "offset", "anchored", "{__name__=\"x\"}", "{\"metric.name\"}"), s_matcher.Array[0, 3], static (name, matchers) =>
            name.EndsWith('}') ? matchers.Length == 0 ? name : $"{name[..^1]}, {string.Join(", ", matchers)}}}"
            : matchers.Length == 0 ? name : $"{name}{{{string.Join(", ", matchers)}}}");

    private static readonly Gen<string> s_scalar = OneOf(
        "1", "-2.5", "0x1f", "1e3", "Inf", "-Inf", "NaN", "5m", "1_000", "07", "time()", "pi()", "(1)", "scalar(foo)", "1 + 2 * 3", "-2 ^ 2", "1 < bool 2", "step()", "max_of(1, 2)", "+1", "-(3)");

    private static readonly Gen<string> s_matching = Gen.OneOf(
        Gen.Const(""),
        Gen.Select(OneOf("on", "ignoring"), s_labels, OneOf("", "", " group_left ()", " group_right (env)", " group_left (\"b.c\")"), OneOf("", " fill (0)", " fill_left (-1) fill_right (Inf)", " fill_right (2)"), static (w, l, g, f) => $" {w} {l}{g}{f}"));

    /// <summary>An expression of any kind.</summary>
    public static Gen<string> Any { get; } = Gen.OneOf(Vector(4), s_scalar, Matrix(3), OneOf("\"text\"", "'\\xff\\\\'", "`raw\n`"));

    /// <summary>One of some texts.</summary>
    public static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static Gen<string> Vector(int depth)
    {
        Gen<string> leaf = Gen.Select(s_selector, OneOf("", "", "", " smoothed"), s_suffix, static (s, e, x) => s + e + x);
        if (depth == 0)
        {
            return leaf;
        }

        Gen<string> inner = Vector(depth - 1);
        return Gen.OneOf(
            leaf,
            s_selector.Select(static s => $"({s} offset (1m + 2m) * 2)"), // arithmetic after parentheses belongs to the offset
            inner.Select(static v => $"({v})"),
            inner.Select(static v => $"-{v}"),
            Gen.Select(inner, OneOf("+", "-", "*", "/", "%", "^", "atan2", "==", "!= bool", "</", ">/", ">=", "< bool"), s_matching, inner, static (l, o, m, r) => $"{l} {o}{m} {r}"),
            Gen.Select(inner, OneOf("and", "or", "unless"), OneOf("", " on (a)", " ignoring ()"), inner, static (l, o, m, r) => $"{l} {o}{m} {r}"),
            Gen.Select(inner, OneOf("+", "*", "==", "> bool"), s_scalar, static (v, o, s) => $"({v} {o} {s})"),
            Gen.Select(OneOf("sum", "avg", "count", "group", "stddev"), OneOf(" by ", " without ", ""), s_labels, inner, static (a, w, l, v) => w.Length == 0 ? $"{a}({v})" : $"{a}{w}{l} ({v})"),
            Gen.Select(OneOf("topk", "quantile", "limitk", "limit_ratio"), s_scalar, inner, s_labels, static (a, p, v, l) => $"{a}({p}, {v}) by {l}"),
            inner.Select(static v => $"count_values(\"v\", {v})"),
            Gen.Select(OneOf("abs", "ceil", "histogram_count", "timestamp", "absent"), inner, static (f, v) => $"{f}({v})"),
            Gen.Select(inner, s_scalar, static (v, s) => $"clamp_max({v}, {s})"),
            Gen.Select(OneOf("rate", "increase", "sum_over_time", "absent_over_time"), Matrix(depth - 1), static (f, m) => $"{f}({m})"),
            inner.Select(static v => $"label_replace({v}, \"a\", \"$1\", \"b\", \"(.*)\")"),
            inner.Select(static v => $"info({v}, {{a=\"b\"}})"));
    }

    private static Gen<string> Matrix(int depth) => Gen.OneOf(
        Gen.Select(s_selector, s_duration, OneOf("", "", " anchored", " smoothed"), s_suffix, static (s, d, e, x) => $"{s}[{d}]{e}{x}"),
        Gen.Select(depth == 0 ? s_selector : Vector(depth - 1), s_duration, Gen.OneOf(Gen.Const(""), s_duration), s_suffix, static (v, d, s, x) => $"({v})[{d}:{s}]{x}"));
}
