using RemoteStore.PromQL.Parser;
using RemoteStore.PromQL.Parser.Syntax;

namespace RemoteStore.CompatTests.Queries;

/// <summary>A change between Prometheus 2.42 and 3.14 that makes them answer the same query differently.</summary>
/// <param name="Name">What changed.</param>
/// <param name="Changelog">Where Prometheus' changelog says so.</param>
/// <param name="Concerns">Tells whether a part of a query is subject to it.</param>
internal sealed record KnownChange(string Name, string Changelog, Func<Expr, bool> Concerns)
{
    /// <summary>
    /// The changes that generated queries can meet. Others cannot come up: ranges, lookbacks and subqueries are open on the left (3.0.0, #13904, and 3.0.1, #15431),
    /// for no sample or step lies there; <c>holt_winters</c> is <c>double_exponential_smoothing</c> (3.0.0, #14930) and is asked for by both names; the dot of
    /// regular expressions matches newlines (3.0.0, #14505), of which there are none; labels <c>le</c> and <c>quantile</c> are normalised (3.0.0, #15164) when
    /// scraped, not when written; <c>rate</c> and <c>increase</c> reach no further than half an interval (2.51.0, #13725) where a counter begins late near
    /// zero, which none does; sums and means are compensated (2.54.0, #14074, and 2.55.0, #14413), which <see cref="CancellationBound"/> allows for.
    /// </summary>
    public static IReadOnlyList<KnownChange> All { get; } =
    [
        new(
            "stddev and stdvar of infinities are NaN",
            "3.0.0: [BUGFIX] PromQL: Fix stddev+stdvar aggregations to treat Infinity consistently. #14941",
            static e => e is AggregateExpr { Op: AggregateOperator.StdDev or AggregateOperator.StdVar }),
        new(
            "atan2 drops the metric name",
            "2.47.0: Drop metric name for \"atan2\" binary operator. #12595",
            static e => e is BinaryExpr { Op: BinaryOperator.Atan2 })
        {
            ComparedBy = static answer => answer.WithoutNames(),
        },
        new(
            "predict_linear over a range pinned by @ is the same at each step",
            "2.51.0: [BUGFIX] PromQL: Fix wrongly scoped range vectors with @ modifier. #13559",
            static e => e is CallExpr { Function.Name: "predict_linear" } call &&
                call.Arguments[0] is MatrixSelector { Selector.Modifiers.At.Kind: not AtKind.None } or SubqueryExpr { Modifiers.At.Kind: not AtKind.None }),
        new(
            "timestamp of a selector with @ does not forget the offset",
            "a defect of Prometheus since #8433 that has no entry: it seeks the time of @ among samples of the time of @ and offset",
            static e => e is CallExpr { Function.Name: "timestamp" } call && call.Arguments[0] is VectorSelector { Modifiers: { At.Kind: not AtKind.None, OffsetMs: not 0 } }),
    ];

    /// <summary>What must still be equal in both answers; null: nothing.</summary>
    public Func<QueryAnswer, QueryAnswer>? ComparedBy { get; init; }
}
